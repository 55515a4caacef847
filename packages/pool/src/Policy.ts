/**
 * How the pool decides, as data: it is recorded once, when the pool is opened, and a replay under another policy
 * is the same function called again. All times are in milliseconds.
 */
import { Effect, Schema } from "effect"
import { ApiVerdictName } from "./Verdict.ts"

const Millis = Schema.Natural

const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute

/** Also for policies recorded before there was such a thing. */
const later = {
  probeEvery: 5 * minute,
  mandatoryWindow: 30 * second,
  upkeepEvery: 1 * minute,
  keepaliveAfter: 1 * hour
}
const lateAddition = (name: keyof typeof later) =>
  Millis.pipe(Schema.withDecodingDefaultKey(Effect.succeed(later[name])))

/** In which order the credentials of a provider are asked; docs/selection.md says what each is for. */
export const Strategy = Schema.Literals(["fill_first", "round_robin", "least_used", "random", "soonest_reset"])
export type Strategy = typeof Strategy.Type

/** Refusals by a provider's token endpoint that are taken for the end of a login although no rule says so. */
export const TerminalRow = Schema.Struct({
  provider: Schema.String,
  statuses: Schema.Array(Schema.Natural),
  /** Only if the answer names no error. */
  uncoded: Schema.optionalKey(Schema.Literal(true))
})
export type TerminalRow = typeof TerminalRow.Type

/** Refusals by a model API, and for how long they bench a credential. Every condition that is given must hold. */
export const BenchRow = Schema.Struct({
  /** Without them: the verdicts that `cooldown` lists. With `GrantRevoked` the bench takes the place of the quarantine. */
  verdicts: Schema.optionalKey(Schema.Array(ApiVerdictName)),
  statuses: Schema.optionalKey(Schema.Array(Schema.Natural)),
  /** The answer names none of these errors; in lower case. */
  withoutCodes: Schema.optionalKey(Schema.Array(Schema.String)),
  /** No other credential of the provider is alive. */
  sole: Schema.optionalKey(Schema.Literal(true)),
  millis: Millis
})
export type BenchRow = typeof BenchRow.Type

export const Policy = Schema.Struct({
  /** The longest a token request may take, from sending to the last byte. */
  timeLimit: Millis,
  /** How long a caller waits for a grant's lock. */
  lockWait: Millis,
  /** When authority, ledger and stash are read again before a terminal verdict is believed; the first is usually 0. */
  confirmAfter: Schema.Array(Millis),
  /** Exponential, with full jitter, per generation. */
  backoff: Schema.Struct({ first: Millis, most: Millis }),
  /** Between replays of a generation whose answer was lost. */
  replayBackoff: Schema.Struct({ first: Millis, most: Millis }),
  /** For `Denied`. */
  deniedBackoff: Schema.Struct({ first: Millis, most: Millis }),
  /** After this many unrecognised answers, in as many different minutes, automatic attempts stop. */
  strikes: Schema.Natural,
  /** Between probes of a generation that struck out. */
  strikeBackoff: Schema.Struct({ first: Millis, most: Millis }),
  /** Equal unrecognised answers for two grants within this time count against the provider. */
  providerWindow: Millis,
  /** A failure that nobody classified for this long is classified by the next holder. */
  classifyAfter: Millis,
  /** The longest bench and the longest wait, whatever a response asks for; then a probe. */
  cooldownMost: Millis,
  /** Between questions to a provider whether a quota that was used up is free again. */
  probeEvery: lateAddition("probeEvery"),
  /** So long before its end an access token is not served without waiting for the next one; at most half of the skew. */
  mandatoryWindow: lateAddition("mandatoryWindow"),
  /** Between looks for logins that nobody asks for and that would lapse. */
  upkeepEvery: lateAddition("upkeepEvery"),
  /** Such a login is refreshed when its access token is over, and its last refresh at least so long ago. */
  keepaliveAfter: lateAddition("keepaliveAfter"),
  /** How long a credential is benched when the response names no end. */
  cooldown: Schema.Struct({
    QuotaExhausted: Millis,
    RateLimited: Millis,
    BillingRequired: Millis,
    NotEntitled: Millis,
    ModelUnavailable: Millis
  }),
  /** Tried in order before `cooldown`; the first that matches counts. */
  benches: Schema.Array(BenchRow).pipe(Schema.withDecodingDefaultKey(Effect.succeed([]))),
  /** The end that a refusal names counts for every verdict that benches; else for quotas and rate limits only. */
  anyReset: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false))),
  /** Believed at once, without another look. */
  terminal: Schema.Array(TerminalRow).pipe(Schema.withDecodingDefaultKey(Effect.succeed([]))),
  /** In which order the credentials of a provider are asked. */
  strategy: Strategy.pipe(Schema.withDecodingDefaultKey(Effect.succeed("fill_first" as const))),
  /** So many uses of one credential at once, and others are preferred to it. Without it nobody counts. */
  leaseMost: Schema.optionalKey(Schema.Natural)
})
export type Policy = typeof Policy.Type

export const defaults: Policy = {
  timeLimit: 20 * second,
  lockWait: 30 * second,
  confirmAfter: [0, 1 * second, 3 * second],
  backoff: { first: 2 * second, most: 5 * minute },
  replayBackoff: { first: 1 * minute, most: 1 * hour },
  deniedBackoff: { first: 1 * minute, most: 1 * hour },
  strikes: 3,
  strikeBackoff: { first: 1 * hour, most: 24 * hour },
  providerWindow: 10 * minute,
  classifyAfter: 10 * second,
  cooldownMost: 24 * hour,
  ...later,
  cooldown: {
    QuotaExhausted: 1 * hour,
    RateLimited: 1 * minute,
    BillingRequired: 1 * hour,
    NotEntitled: 24 * hour,
    ModelUnavailable: 24 * hour
  },
  benches: [],
  anyReset: false,
  terminal: [],
  strategy: "fill_first"
}
