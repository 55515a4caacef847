/**
 * A request as it arrived, so that a test can hold it against the bytes that a provider's own client sends.
 *
 * Credentials stand here in clear, wherever the client put them.
 */
import { Schema } from "effect"

export const ReceivedRequest = Schema.Struct({
  method: Schema.String,
  /** With the query, if there is one. */
  path: Schema.String,
  contentType: Schema.NullOr(Schema.String),
  /** Names in lower case; without `host`, `connection` and `content-length`. */
  headers: Schema.Record(Schema.String, Schema.String),
  /** Exactly as received, read as UTF-8. */
  body: Schema.String
})
export type ReceivedRequest = typeof ReceivedRequest.Type
