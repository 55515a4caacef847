/** What a command and the process that it starts to refresh say to each other, as JSON. */
import { Schema } from "effect"

/** On the command line of that process, so there is no secret in it. */
export const Task = Schema.Struct({
  home: Schema.String,
  vault: Schema.optionalKey(Schema.String),
  sandbox: Schema.optionalKey(Schema.String),
  provider: Schema.String,
  credential: Schema.optionalKey(Schema.String),
  model: Schema.optionalKey(Schema.String),
  recover: Schema.Boolean,
  /** Nobody waits for an answer: the credential that is named is refreshed if it is due, and that is all. */
  unattended: Schema.Boolean
})
export type Task = typeof Task.Type

const Secret = Schema.RedactedFromValue(Schema.String)

/** A token worth sending, and what else its provider's API may want with it. Its refresh token is nobody's business here. */
export const Served = Schema.Struct({
  provider: Schema.String,
  credential: Schema.String,
  label: Schema.optionalKey(Schema.String),
  kind: Schema.Literals(["oauth", "apiKey"]),
  expiresAt: Schema.optionalKey(Schema.Finite),
  tokens: Schema.Struct({
    access: Secret,
    idToken: Schema.optionalKey(Secret),
    account: Schema.optionalKey(Schema.String)
  })
})
export type Served = typeof Served.Type

/** Over a pipe between the two, and nowhere else. */
export const revealForPipe = Schema.encodeSync(Schema.fromJsonString(Served))
export const fromPipe = Schema.decodeUnknownOption(Schema.fromJsonString(Served))

/** The last that is said on stderr before an answer: who waits need not wait for the end of the process. */
export const endOfWords = "\0"
