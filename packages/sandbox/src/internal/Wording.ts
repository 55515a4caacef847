/** A refusal in words, before a dialect puts it into the shape of its error bodies. */
import * as Answer from "./Answer.ts"

export interface Wording {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** The members of RFC 6749 section 5.2. */
export const flat = ({ status, code, message }: Wording): Answer.Answer =>
  Answer.json(status, { error: code, error_description: message }, code)
