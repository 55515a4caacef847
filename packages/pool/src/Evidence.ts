/**
 * What may be recorded of a refusal or a fault: allow-listed fields, never a body, never a token.
 * It is all that classification reads, so a recorded failure can be classified again later, by anyone.
 */
import { Schema } from "effect"
import { Instant } from "./Instant.ts"

/** An error code as a provider spells it, or `other` if it is not plain. */
export const Code = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_.:-]{1,64}$/))

export const Evidence = Schema.Struct({
  /** HTTP status; absent if no answer came. */
  status: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 100, maximum: 999 }))),
  code: Schema.optionalKey(Code),
  /** The provider's words, cut at 200 characters, with everything token-shaped removed. */
  message: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(200))),
  /** What kind of body came; absent if none could be read. */
  body: Schema.optionalKey(Schema.Literals(["json", "html", "text", "empty"])),
  /** A body came that was too long to be looked at. */
  unread: Schema.optionalKey(Schema.Literal(true)),
  /** A header or a page said that something before the provider wants a browser. */
  challenge: Schema.optionalKey(Schema.Literal(true)),
  /** The answer carried a new refresh token although it is no success. */
  successor: Schema.optionalKey(Schema.Literal(true)),
  /** Name of the quota window that the answer says is used up, such as `5h`. */
  exhausted: Schema.optionalKey(Code),
  requestId: Schema.optionalKey(Code),
  retryAfter: Schema.optionalKey(Instant),
  /** The transport's own code, such as `ECONNREFUSED`. */
  fault: Schema.optionalKey(Code),
  /** Whether the request may have reached the provider. */
  left: Schema.Boolean
})
export type Evidence = typeof Evidence.Type
