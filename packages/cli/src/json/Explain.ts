/** What `explain --json` answers: who would be asked for a token, and why each other one is passed over. */
import { CredentialId } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import { Strategy } from "@daybook/pool/Policy"
import type { Candidate as CandidateOf, Explanation } from "@daybook/pool/queries/Explain"
import { Schema } from "effect"

const said = (description: string) => ({ description })

const Why = Schema.Literals([
  "Paused",
  "Dead",
  "Cooling",
  "ModelBenched",
  "SameAccount",
  "RefreshWaits",
  "AtLeaseCap",
  "LowerPriority",
  "EnrolledLater",
  "NotItsTurn",
  "MoreUsed",
  "NotDrawn",
  "ResetsLater"
])

const Candidate = Schema.Struct({
  credential: CredentialId,
  label: Schema.NullOr(Schema.String).annotate(said("As the ledger has it")),
  priority: Schema.Int.annotate(said("The lowest comes first")),
  leases: Schema.Natural.annotate(said("Uses of it that are going on; the command knows of none")),
  used: Schema.Natural.annotate(said("Calls that were accepted or refused")),
  why: Schema.NullOr(Why).annotate(said("Why it is not the one; null of the one that would be served")),
  text: Schema.String.annotate(said("The same in words, for people")),
  until: Schema.NullOr(Instant).annotate(said("When the reason ends by itself"))
})

export const Explain = Schema.Struct({
  provider: Schema.String,
  model: Schema.NullOr(Schema.String).annotate(said("The one that was asked about")),
  strategy: Strategy,
  served: Schema.NullOr(CredentialId).annotate(said("Who would be asked first; null if nobody may be used")),
  until: Schema.NullOr(Instant).annotate(
    said("If nobody may be used: when the first may be back; null if a person has to act")
  ),
  candidates: Schema.Array(Candidate).annotate(
    said("Those who may be used, in the order in which they would be asked; then the others, by priority")
  )
})

export const explainJson = (explanation: Explanation): typeof Explain.Type => ({
  ...explanation,
  model: explanation.model ?? null,
  served: explanation.served ?? null,
  until: explanation.until ?? null,
  candidates: explanation.candidates.map(candidateJson)
})

const candidateJson = ({ label, until, why, ...candidate }: CandidateOf): typeof Candidate.Type => ({
  ...candidate,
  label: label ?? null,
  why: why?._tag ?? null,
  until: until ?? null
})
