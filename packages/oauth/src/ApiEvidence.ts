/** What may be recorded of a model API's refusal, read by the same parser as the token endpoint's. */
import type { Evidence } from "@daybook/pool/Evidence"
import { type Answer, apiEvidenceOf, type Received } from "./ParseAnswer.ts"

/**
 * `received.secrets` are the access token or API key that was sent. Give what was read of the body; give `""` if it
 * belongs to the caller and was not read.
 */
export const apiEvidence = (answer: Answer, received: Received): Evidence => apiEvidenceOf(answer, received)
