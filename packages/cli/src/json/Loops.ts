/** What `loops --json` answers. */
import { ActorId, CredentialId, GrantId, Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import { type Loop as LoopOf, loopKinds, stopActs } from "@daybook/pool/queries/Loops"
import { StoreKind } from "@daybook/pool/StoreRef"
import { Schema } from "effect"
import type { History } from "../History.ts"
import { basisFields, basisOf } from "./Basis.ts"

const said = (description: string) => ({ description })

const Place = Schema.Struct({ seq: Seq, at: Instant })

const Loop = Schema.Struct({
  kind: Schema.Literals(loopKinds).annotate(said("What goes round; docs/history.md says what each is")),
  credential: Schema.optional(CredentialId),
  grant: Schema.optional(GrantId),
  model: Schema.optional(Schema.String).annotate(said("Only this model on the credential is concerned")),
  first: Place.annotate(said("The first iteration")),
  last: Place.annotate(said("The last iteration so far")),
  iterations: Schema.Natural,
  period: Schema.Natural.annotate(
    said("Milliseconds from one iteration to the next: the median of the newest 64 distances")
  ),
  actors: Schema.Array(ActorId).annotate(said("The first 16 processes that took part")),
  stores: Schema.Array(StoreKind).annotate(
    said("Kinds of store through which programs took part that do not write this ledger")
  ),
  wasted: Schema.Natural.annotate(
    said("Requests of the loop from which nobody could learn anything that was not in the ledger already")
  ),
  rule: Schema.optional(Schema.String).annotate(said("The last rule that judged an answer in the loop")),
  policy: Schema.optional(Schema.String).annotate(said("The field of the policy that lets the loop go on")),
  stop: Schema.Literals(stopActs).annotate(said("What would stop it")),
  ended: Schema.optional(Place).annotate(said("The event that broke it, if there is one")),
  running: Schema.Boolean.annotate(said("Nothing broke it, and its next iteration is not overdue"))
})

export const Loops = Schema.Struct({
  ...basisFields,
  from: Seq.annotate(said("The first event that was looked at; older ones were archived")),
  since: Schema.optional(Seq).annotate(said("Loops whose last iteration came before this event are left out")),
  loops: Schema.Array(Loop).annotate(said("By their first iteration; empty if there is none"))
})

export const loopsJson = (
  history: Pick<History, "at" | "damage" | "state">,
  from: Seq,
  since: Seq | undefined,
  loops: ReadonlyArray<LoopOf>
): typeof Loops.Type => ({ ...basisOf(history), from, since, loops })
