/**
 * Calls an API the way a careful client does: a refused token is reported, and asked for again once.
 *
 *   node examples/recover-from-401.ts URL
 */
import { NoneAvailable, openPool, type Pool, RefreshError } from "daybook"

const call = async (pool: Pool, url: string): Promise<Response> => {
  const first = await pool.getToken("openai-codex")
  const response = await send(pool, url, first.token)
  if (response.status !== 401) return response
  const second = await pool.getToken("openai-codex", { failedToken: first.token })
  return send(pool, url, second.token)
}

const send = async (pool: Pool, url: string, token: string): Promise<Response> => {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, redirect: "manual" })
  await pool.report("openai-codex", token, {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: response.ok ? "" : await response.clone().text()
  })
  return response
}

await using pool = await openPool()
try {
  const response = await call(pool, process.argv[2] ?? "http://127.0.0.1:8080/v1/models")
  console.log(`the API answered ${response.status}`)
} catch (error) {
  if (error instanceof NoneAvailable) console.log(error.message)
  else if (error instanceof RefreshError && error.reason._tag === "Terminal") console.log(error.reason.remedy)
  else throw error
}
