/**
 * A program with a pool of its own, told what to do by lines of JSON on its standard input, and there to be killed.
 */
import { openAiCodex, openPool, providerAt } from "daybook"
import { serve, settings } from "./Commands.ts"

const provider = {
  ...providerAt(openAiCodex, settings.origin),
  headers: { "x-sandbox-client": settings.name }
}

const pool = await openPool({ ...settings, providers: [provider] })
await serve(async ({ credential, failedToken }) => {
  const request = { ...(credential && { credential }), ...(failedToken && { failedToken }) }
  return (await pool.getToken("openai-codex", request)).token
})
await pool.close()
