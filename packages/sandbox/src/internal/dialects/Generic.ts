/** `generic`: an authorization server that keeps to RFC 6749 and takes JSON as well. */
import { type Protocol } from "../Protocol.ts"
import * as Rfc6749 from "../Rfc6749.ts"
import * as Rfc6750 from "../Rfc6750.ts"
import { request } from "./Codex.ts"

export const generic: Protocol = {
  request,
  mint: Rfc6749.mint,
  success: Rfc6749.success,
  refusal: Rfc6749.refusal({ malformed: { message: "A form or JSON body with refresh_token is needed" } }),
  apiRefusal: Rfc6750.refusal,
  metering: null
}
