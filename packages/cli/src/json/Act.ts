/** What the acts of an operator answer with `--json`: one shape, with the words of each command for what came of it. */
import { CredentialId } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Schema } from "effect"
import { EventDocument, eventDocument } from "./Event.ts"

const said = (description: string) => ({ description })

const words = {
  "enrol --again": ["enrolled"],
  logout: ["logged out"],
  pause: ["paused"],
  prioritise: ["prioritised"],
  relabel: ["relabelled"],
  remove: ["removed"],
  resume: ["resumed"],
  revive: ["revived", "replaced"]
} as const

export type ActName = keyof typeof words
type ActWord = (typeof words)[ActName][number] | "unchanged" | "failed"

export interface Outcome {
  /** One word for scripts. */
  readonly outcome: ActWord
  /** What is so now, and the next step if there is one. */
  readonly says: string
}

const act = (name: ActName) =>
  Schema.Struct({
    credential: CredentialId,
    outcome: Schema.Literals<ReadonlyArray<ActWord>>([...words[name], "unchanged", "failed"]).annotate(
      said("unchanged: it was so before; failed: why is said on stderr")
    ),
    says: Schema.NullOr(Schema.String).annotate(said("What is so now, in words; null if it failed")),
    events: Schema.Array(EventDocument).annotate(said("What came into the ledger about the credential meanwhile"))
  })

export const acts = {
  "enrol --again": act("enrol --again"),
  logout: act("logout"),
  pause: act("pause"),
  prioritise: act("prioritise"),
  relabel: act("relabel"),
  remove: act("remove"),
  resume: act("resume"),
  revive: act("revive")
} satisfies Record<ActName, unknown>

/** Without an outcome it failed. */
export const actJson = (
  credential: CredentialId,
  outcome: Outcome | undefined,
  events: ReadonlyArray<Recorded>
): ReturnType<typeof act>["Type"] => ({
  credential,
  outcome: outcome?.outcome ?? "failed",
  says: outcome?.says ?? null,
  events: events.map(eventDocument)
})
