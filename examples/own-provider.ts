/**
 * A provider that Daybook has no definition of: any that keeps to RFC 6749.
 *
 *   node examples/own-provider.ts TOKEN_ENDPOINT LOGIN_FILE
 */
import { oauth2, openPool } from "daybook"

const [tokenEndpoint = "https://login.example/token", path = "logins.json"] = process.argv.slice(2)
const provider = oauth2({
  id: "my-company",
  tokenEndpoint,
  clientId: "my-program",
  apiOrigins: [new URL(tokenEndpoint).origin],
  relogin: "Run `my-program login`."
})
await using pool = await openPool({
  vault: [{ kind: "hermes", path, providers: [provider.id] }],
  providers: [provider]
})
const { credential, token } = await pool.getToken(provider.id, { forceRefresh: true })
console.log(`${credential} was refreshed; the new token has ${token.length} characters`)
