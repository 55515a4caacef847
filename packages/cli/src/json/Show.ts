/** What `show --json` answers: the pool, or all axes of one credential, as they stood at a moment. */
import { CredentialId, GrantId } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import type { Axes as AxesOf } from "@daybook/pool/queries/Axes"
import type { CredentialStatus as StatusOf, PoolStatus } from "@daybook/pool/queries/Status"
import { StoreRef } from "@daybook/pool/StoreRef"
import { Schema } from "effect"
import type { History } from "../History.ts"
import { Axes } from "./Axes.ts"
import { basisFields, basisOf } from "./Basis.ts"

const said = (description: string) => ({ description })

export const Word = Schema.Literals(["ok", "cooling", "suspect", "dead", "paused"]).annotate(
  said("Its state in one word: the worst of its axes")
)

export const CredentialStatus = Schema.Struct({
  id: CredentialId,
  label: Schema.optional(Schema.String),
  provider: Schema.String,
  kind: Schema.Literals(["oauth", "apiKey"]),
  ownership: Schema.Literals(["owned", "borrowed"]),
  source: Schema.String,
  store: StoreRef,
  priority: Schema.Int,
  grant: GrantId,
  word: Schema.optional(Word).annotate(said("Left out if it is not in the pool any more")),
  keepalive: Schema.Boolean,
  reason: Schema.optional(Schema.String).annotate(
    said("Why the word is not `ok`, or why an `ok` one is not refreshed")
  ),
  rule: Schema.optional(Schema.String),
  sameAccountAs: Schema.optional(CredentialId).annotate(said("It cools because this one of its account does")),
  since: Schema.optional(Instant).annotate(said("Since when it is dead or suspect")),
  until: Schema.optional(Instant).annotate(said("When the bench or the backoff ends")),
  expiresAt: Schema.optional(Instant).annotate(said("When the access token ends")),
  deadline: Schema.optional(Instant).annotate(said("When the whole login ends, whatever is refreshed")),
  generations: Schema.Natural,
  refreshing: Schema.Boolean,
  lastAcceptedAt: Schema.optional(Instant)
})

export const Show = Schema.Struct({
  ...basisFields,
  unknownEvents: Schema.Natural.annotate(said("Events of a newer version, which are kept and not understood")),
  credentials: Schema.Array(CredentialStatus),
  axes: Schema.optional(Axes).annotate(said("Of the one credential that was asked for"))
})

export const showJson = (
  history: Pick<History, "at" | "damage" | "state">,
  { credentials, unknownEvents }: PoolStatus
) => ({
  ...basisOf(history),
  unknownEvents,
  credentials
})

export const showCredentialJson = (
  history: Pick<History, "at" | "damage" | "state">,
  credential: StatusOf,
  axes: AxesOf
) => ({
  ...basisOf(history),
  unknownEvents: history.state.unknown,
  credentials: [{ ...credential, word: axes.membership.inPool ? credential.word : undefined }],
  axes
})
