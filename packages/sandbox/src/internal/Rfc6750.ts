/** Refusals of a resource server (RFC 6750 section 3). */
import * as Answer from "./Answer.ts"
import { type DeadAccess } from "./Protocol.ts"
import { flat } from "./Wording.ts"

/** A token that nobody knows: a 401 without a code. */
export const unknownToken = (): Answer.Answer =>
  Answer.withHeaders(Answer.json(401, { error: { message: "Unauthorized" } }), { "www-authenticate": "Bearer" })

/** `invalid_token`, in the body and in `www-authenticate`. */
export const refusal = (check: DeadAccess): Answer.Answer => {
  const message = check._tag === "Revoked" ? "The access token was revoked" : "The access token expired"
  return Answer.withHeaders(flat({ status: 401, code: "invalid_token", message }), {
    "www-authenticate": `Bearer error="invalid_token", error_description="${message}"`
  })
}
