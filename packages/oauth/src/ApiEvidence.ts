/** What may be recorded of a model API's refusal, read by the same parser as the token endpoint's. */
import { Result } from "effect"
import type { Evidence } from "@daybook/pool/Evidence"
import { parseJson } from "./internal/Json.ts"
import { type Answer, evidenceOf, maxBodyLength, type Received } from "./ParseAnswer.ts"

/**
 * `received.secrets` are the access token or API key that was sent. Give what was read of the body; give `""` if it
 * belongs to the caller and was not read.
 */
export const apiEvidence = (answer: Answer, received: Received): Evidence => evidenceOf(unwrapped(answer), received)

/** Google's streaming methods send a list, and an error as its only item. */
const unwrapped = (answer: Answer): Answer => {
  const { body } = answer
  if (typeof body !== "string" || body.length > maxBodyLength || !/^\s*\[/.test(body)) return answer
  const list = Result.getOrUndefined(parseJson(body))
  return Array.isArray(list) && list.length === 1 ? { ...answer, body: JSON.stringify(list[0]) } : answer
}
