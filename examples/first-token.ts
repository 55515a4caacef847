/**
 * Asks a pool for a token. The login lives in hermes' own store and may be shared with hermes itself
 * and with any number of other programs.
 *
 *   node examples/first-token.ts ~/.hermes/auth.json
 */
import { hermesAuthFile, openPool } from "daybook"

await using pool = await openPool({ vault: process.argv[2] ?? hermesAuthFile() })

const { credential, expiresAt, token } = await pool.getToken("openai-codex")

console.log(`a token of ${token.length} characters from ${credential}`)
if (expiresAt !== undefined) console.log(`good until ${expiresAt.toISOString()}`)
