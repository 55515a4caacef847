/** A client process for tests that kill it: refreshes once, with arguments origin and refresh token. */
const [origin, refreshToken] = process.argv.slice(2)

await fetch(`${origin}/oauth/token`, {
  method: "POST",
  headers: { "content-type": "application/json", "x-sandbox-client": "victim" },
  body: JSON.stringify({ grant_type: "refresh_token", refresh_token: refreshToken })
}).then((response) => response.text())
