/** What `story --json` answers: the events of one credential and of its grant, in order. */
import { CredentialId, Seq } from "@daybook/pool/Ids"
import type { WentOn } from "@daybook/pool/queries/WentOn"
import type { Recorded } from "@daybook/pool/Recorded"
import { Schema } from "effect"
import type { History } from "../History.ts"
import { basisFields, basisOf } from "./Basis.ts"
import { EventDocument, eventDocument } from "./Event.ts"

const said = (description: string) => ({ description })

export const Story = Schema.Struct({
  ...basisFields,
  credential: CredentialId,
  earlier: Schema.Natural.annotate(said("Older events, which are not among `events`; --all gives them")),
  events: Schema.Array(EventDocument),
  wentOn: Schema.Array(
    Schema.Struct({
      after: Seq.annotate(said("A refused call of this credential")),
      event: Seq.annotate(said("The next answer that the same process recorded at the same provider")),
      credential: Schema.optional(CredentialId).annotate(said("Whose it was; left out if none was available")),
      accepted: Schema.Boolean
    })
  )
})

export const storyJson = (
  history: Pick<History, "at" | "damage" | "state">,
  credential: CredentialId,
  {
    earlier,
    events,
    wentOn
  }: {
    readonly earlier: number
    readonly events: ReadonlyArray<Recorded>
    readonly wentOn: ReadonlyArray<WentOn>
  }
): typeof Story.Type => ({
  ...basisOf(history),
  credential,
  earlier,
  events: events.map(eventDocument),
  wentOn
})
