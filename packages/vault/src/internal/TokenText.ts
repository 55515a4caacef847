/** A text that is one token and nothing else, in the characters of RFC 6750 section 2.1. Blanks around it are not part of it. */
import { Result } from "effect"
import type { Flaw } from "../StoreError.ts"

/** Empty if there is no more than blanks. */
export const parse = (bytes: Uint8Array): Result.Result<string, Flaw> => {
  const text = new TextDecoder().decode(bytes).trim()
  return token.test(text) ? Result.succeed(text) : Result.fail({ why: "it is not one token" })
}

const token = /^[A-Za-z0-9\-._~+/]*=*$/
