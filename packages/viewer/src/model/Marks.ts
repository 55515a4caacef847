/** What an event is drawn as. */
import { catalogue, type EventType } from "@daybook/pool/Event"
import type { Recorded } from "@daybook/pool/Recorded"
import { type MarkKind, markKinds } from "../Picture.ts"

const kinds: { readonly [Type in EventType]?: MarkKind } = {
  RefreshSucceeded: "refresh",
  RefreshFailed: "failure",
  SuccessorStashed: "failure",
  SelectionExhausted: "failure",
  OutcomeLost: "lost",
  RaceAdopted: "race",
  RecoveryAdopted: "race",
  CredentialQuarantined: "quarantine",
  QuarantineLifted: "lifted",
  CooldownStarted: "bench"
}

export const markOf = (event: Recorded): MarkKind => {
  if (event.type === "Unknown") return "unknown"
  if (event.type === "ApiOutcomeObserved") return event.data.accepted ? "none" : "refusal"
  return kinds[event.type] ?? (catalogue[event.type].kind === "operator" ? "operator" : "none")
}

/** Its place in `markKinds`. */
export const markNumber = (event: Recorded): number => markKinds.indexOf(markOf(event))
