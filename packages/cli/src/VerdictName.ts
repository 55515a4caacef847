/** A verdict, or the reason of one, as a person types it; and the events that carry it. */
import type { Recorded } from "@daybook/pool/Recorded"
import { ApiVerdictName, TerminalReason, TransientReason } from "@daybook/pool/Verdict"
import { Effect } from "effect"
import { exitCodes } from "./ExitCode.ts"
import { nearest } from "./Nearest.ts"
import { Stop } from "./Stop.ts"

/** What was concluded, and what was done about it. */
export const typesWithVerdict: ReadonlySet<string> = new Set([
  "ErrorClassified",
  "CredentialQuarantined",
  "CooldownStarted"
])

export const hasVerdict = (event: Recorded, name: string): boolean => {
  switch (event.type) {
    case "ErrorClassified":
      return event.data.verdict === name || event.data.reason === name
    case "CredentialQuarantined":
      return name === "Terminal" || event.data.reason === name
    case "CooldownStarted":
      return event.data.reason === name
    default:
      return false
  }
}

const all: ReadonlyArray<string> = [
  "Transient",
  "Terminal",
  ...new Set<string>([...ApiVerdictName.literals, ...TransientReason.literals, ...TerminalReason.literals])
]

/** In the ledger's spelling, however it was typed. */
export const find = (typed: string): Effect.Effect<string, Stop> => {
  const found = all.find((name) => name.toLowerCase() === typed.toLowerCase())
  return found === undefined ? Effect.fail(unknown(typed)) : Effect.succeed(found)
}

const unknown = (typed: string): Stop => {
  const near = nearest(typed, all)
  const guess = near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`
  return new Stop({
    exitCode: exitCodes.usage,
    message: `There is no verdict "${typed}".${guess} The verdicts and their reasons are: ${all.join(", ")}.`
  })
}
