/** The axes of one credential in JSON. What there is not is left out. */
import { Trigger } from "@daybook/pool/events/RefreshEvents"
import { GenerationRef } from "@daybook/pool/Generation"
import { ActorId, AttemptId, EventId, GrantId, Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import { QuotaWindow } from "@daybook/pool/QuotaWindow"
import { StoreRef } from "@daybook/pool/StoreRef"
import { ApiVerdictName, TerminalReason, TransientReason } from "@daybook/pool/Verdict"
import { Schema } from "effect"

const said = (description: string) => ({ description })

const Bench = Schema.Struct({ until: Instant, reason: ApiVerdictName })

const Suspect = Schema.Struct({
  _tag: Schema.tag("Suspect"),
  generation: GenerationRef,
  since: Instant.annotate(said("When the request was sent whose answer was lost first")),
  quietAfter: Instant.annotate(said("Until then an earlier request may still arrive")),
  replays: Schema.Natural.annotate(said("How often its refresh token was sent once more"))
}).pipe(Schema.encodeKeys({ _tag: "state" }))

const Dead = Schema.Struct({
  _tag: Schema.tag("Dead"),
  generation: GenerationRef,
  bound: Schema.Literals(["refresh", "access"]).annotate(said("Which of its tokens was judged")),
  reason: TerminalReason,
  rule: Schema.String,
  since: Instant,
  event: EventId.annotate(said("The event that says so")),
  cleared: Schema.Boolean.annotate(said("Its store was looked at, and does not hold its tokens")),
  suspect: Schema.optional(Suspect).annotate(
    said("A doubt about the refresh token, beside the verdict about the access token")
  )
}).pipe(Schema.encodeKeys({ _tag: "state" }))

const Live = Schema.Struct({ _tag: Schema.tag("Live") }).pipe(Schema.encodeKeys({ _tag: "state" }))

const Membership = Schema.Struct({
  inPool: Schema.Boolean,
  enrolledAt: Instant,
  enrolledSeq: Seq,
  removedBy: Schema.optional(Schema.Literals(["operator", "store", "quarantine"]))
})

const Current = Schema.Struct({
  ...GenerationRef.fields,
  expiresAt: Schema.optional(Instant).annotate(said("When the access token ends")),
  deadline: Schema.optional(Instant).annotate(said("When the whole login ends, whatever is refreshed")),
  count: Schema.Natural.annotate(said("Generations of the grant that the state holds, 64 at most")),
  bringer: Schema.optional(Schema.Struct({ actor: ActorId, seq: Seq, at: Instant })).annotate(
    said("Who recorded the tokens first, and where")
  )
})

const Attempt = Schema.Struct({
  attempt: AttemptId,
  generation: GenerationRef,
  trigger: Trigger,
  event: EventId.annotate(said("Its RefreshStarted")),
  actor: ActorId,
  at: Instant,
  timeLimit: Schema.Natural.annotate(said("No answer can arrive later than this many milliseconds after `at`"))
})

const Backoff = Schema.Struct({
  reason: TransientReason,
  rule: Schema.String,
  failures: Schema.Natural.annotate(said("Failures in a row with this generation")),
  retryAt: Schema.optional(Instant),
  demanded: Schema.Boolean.annotate(said("The provider itself named `retryAt`")),
  isBinding: Schema.Boolean.annotate(said("The next refresh waits for `retryAt`"))
})

const Pending = Schema.Struct({
  unclassified: Schema.optional(EventId).annotate(said("A failure that nobody has classified")),
  condemned: Schema.optional(TerminalReason).annotate(said("Of a terminal verdict that has not led to a quarantine")),
  stashed: Schema.optional(GenerationRef).annotate(said("Tokens that their store has not taken")),
  revived: Schema.optional(GenerationRef).annotate(said("Dead tokens that an operator allows to be sent once more")),
  blocked: Schema.Boolean.annotate(said("An event of a newer version names the grant, so nothing is decided"))
})

export const Axes = Schema.Struct({
  membership: Membership,
  operator: Schema.Struct({ state: Schema.Literals(["enabled", "paused"]), keepalive: Schema.Boolean }),
  health: Schema.Union([Live, Suspect, Dead]).annotate(said("Of the grant")),
  cooldown: Schema.optional(Bench).annotate(said("Its own bench, while it lasts")),
  modelCooldowns: Schema.Array(Schema.Struct({ model: Schema.String, ...Bench.fields })),
  generation: Schema.optional(Current).annotate(said("The tokens that count, by their fingerprints")),
  attempt: Schema.optional(Attempt).annotate(said("A refresh that may be under way, or whose process died")),
  backoff: Schema.optional(Backoff),
  strikes: Schema.Natural.annotate(said("Minutes in which the generation got an answer that nobody knows")),
  refusedInARow: Schema.Natural.annotate(said("Successive access tokens that the API refused")),
  pending: Pending.annotate(said("What the next holder of the grant's lock has to finish")),
  quota: Schema.optional(Schema.Struct({ windows: Schema.Array(QuotaWindow), at: Instant })),
  use: Schema.Struct({
    accepted: Schema.Natural,
    refused: Schema.Natural,
    lastAcceptedAt: Schema.optional(Instant)
  }).annotate(said("Calls of the model API")),
  label: Schema.optional(Schema.String).annotate(said("Left out if only its store shows it")),
  priority: Schema.Int.annotate(said("The lowest comes first")),
  store: Schema.Struct({ ...StoreRef.fields, ownership: Schema.Literals(["owned", "borrowed"]) }),
  grant: GrantId
})
