/**
 * Which logins died, as far as a follower of the ledger has seen: one death for each quarantined generation, however
 * many events say so.
 */
import type { GenerationRef } from "../Generation.ts"
import type { Recorded } from "../Recorded.ts"

/** Names of the generations that are quarantined. */
export type Deaths = ReadonlySet<string>

export const noDeaths: Deaths = new Set()

/** The same set if the event tells of no death that is news. One that was lifted is news when it comes again. */
export const withEvent = (deaths: Deaths, event: Recorded): Deaths => {
  switch (event.type) {
    case "CredentialQuarantined":
      return deaths.has(nameOf(event.data.generation)) ? deaths : new Set([...deaths, nameOf(event.data.generation)])
    case "QuarantineLifted":
      return new Set([...deaths].filter((name) => name !== nameOf(event.data.generation)))
    default:
      return deaths
  }
}

export const isNews = (before: Deaths, event: Recorded): boolean =>
  event.type === "CredentialQuarantined" && !before.has(nameOf(event.data.generation))

/** Twins share the refresh token, and so the death. */
const nameOf = ({ access, refresh }: GenerationRef): string => refresh ?? access ?? "blank"
