/** One event, one line: its place, when, by whom, what, about which credential, and what matters in it. */
import { format } from "@daybook/pool/Instant"
import type { Recorded } from "@daybook/pool/Recorded"
import { essentialsOf } from "@daybook/words/Essentials"
import type { Names } from "@daybook/words/Names"
import { typeInWords } from "@daybook/words/TypeWords"
import type { Paint, Tone } from "./Paint.ts"

export const logLine = (event: Recorded, names: Names, paint: Paint): string => {
  return [
    paint("faint", String(event.seq).padStart(5)),
    paint("faint", format(event.at)),
    names.actor(event.actor).padEnd(14),
    paint(toneOf(event), (event.type === "Unknown" ? "unknown" : typeInWords(event)).padEnd(22)),
    (names.credential(event) ?? "-").padEnd(8),
    event.type === "Unknown" ? `${event.data.type}, ${essentialsOf(event, names)}` : essentialsOf(event, names)
  ]
    .join("  ")
    .trimEnd()
}

const toneOf = ({ type }: Recorded): Tone => {
  switch (type) {
    case "RefreshSucceeded":
    case "QuarantineLifted":
    case "SuccessorStored":
      return "good"
    case "RaceAdopted":
      return "said"
    case "CooldownStarted":
    case "OutcomeLost":
    case "SuccessorStashed":
    case "TailSealed":
    case "Unknown":
      return "waiting"
    case "CredentialQuarantined":
    case "RefreshFailed":
    case "SelectionExhausted":
      return "bad"
    default:
      return "strong"
  }
}
