/** `topLevel`: opaque tokens; the words of codex, with `code` and `message` at the top. */
import { type Protocol } from "../Protocol.ts"
import * as Rfc6749 from "../Rfc6749.ts"
import { request, saying } from "./Codex.ts"

export const topLevel: Protocol = {
  request,
  mint: Rfc6749.mint,
  success: Rfc6749.success,
  ...saying(({ code, message }) => ({ code, message })),
  metering: null
}
