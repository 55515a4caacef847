/** A question that cannot be answered; the message says why, to whoever asked. */
export class Refused extends Error {
  override readonly name = "Refused"
}
