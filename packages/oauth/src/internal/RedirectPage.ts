/** What a browser shows after a login: a page without scripts, without links, and without a word of the answer. */
export const headers = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  connection: "close"
} as const

const page = (title: string, text: string): string =>
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Daybook: ${title}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}</style>
<h1>${title}</h1>
<p>${text}</p>
</html>
`

export const received = page(
  "Answer received",
  "Close this page and go back to where you began: there it says what came of it."
)
export const refused = page("No login", "The login was not allowed. Close this page and go back to where you began.")
export const foreign = page(
  "Not this login",
  "This is the answer to another login, or to none. Nothing was done with it."
)
