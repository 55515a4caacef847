/** `daybook enrol`: what came into the pool from a file, what was in it before, and what stayed out. */
import type { Enrolled, Standing } from "@daybook/refresher/Enrolment"
import { profileOf } from "@daybook/vault/HermesProfiles"
import type { Paint } from "./Paint.ts"

export interface Shown extends Enrolled {
  readonly path: string
  readonly home: string
  /** The ledger's head before. */
  readonly before: number
  /** The folder of the ledger from which the file was taken over. */
  readonly takenFrom: string | undefined
}

export const outcomes = ["enrolled", "member", "removed", "copy", "blank", "unknown provider"] as const
type Outcome = (typeof outcomes)[number]

export const enrolledLines = (shown: Shown, paint: Paint): ReadonlyArray<string> => [
  ...(shown.takenFrom === undefined
    ? []
    : [`${shown.path} is bound to the ledger in ${shown.home} now; it was bound to the one in ${shown.takenFrom}.`]),
  ...loginLines(shown, paint),
  summary(shown)
]

const loginLines = ({ before, logins }: Shown, paint: Paint): ReadonlyArray<string> => {
  const width = Math.max(0, ...logins.map((standing) => nameOf(standing).length))
  return logins.map((standing) => line(standing, outcomeOf(standing, before), width, paint))
}

export const outcomeOf = ({ blank, copyOf, credential }: Standing, before: number): Outcome => {
  if (credential !== undefined && !credential.removed) return credential.enrolledSeq > before ? "enrolled" : "member"
  if (copyOf !== undefined) return "copy"
  if (credential !== undefined) return "removed"
  return blank ? "blank" : "unknown provider"
}

const nameOf = ({ credential, login }: Standing): string => credential?.id ?? login.store.slot

const line = (standing: Standing, outcome: Outcome, width: number, paint: Paint): string => {
  const { copyOf, login } = standing
  const name = nameOf(standing)
  const more = {
    removed: `; \`daybook enrol --again ${name}\` brings it back`,
    copy: `; the login is in the pool as ${copyOf?.id}`
  }
  const said = [login.provider, login.kind, login.source, ...profile(login)].join(", ")
  return `  ${paint(outcome === "enrolled" ? "good" : "faint", words[outcome].padEnd(15))}  ${name.padEnd(width)}  ${said}${
    outcome === "removed" || outcome === "copy" ? more[outcome] : ""
  }`
}

const profile = ({ store: { kind, path } }: Standing["login"]): ReadonlyArray<string> => {
  const name = kind === "hermes" && path !== undefined ? profileOf(path) : undefined
  return name === undefined ? [] : [`in hermes' profile ${name}`]
}

const words: Record<Outcome, string> = {
  enrolled: "enrolled",
  member: "was in the pool",
  removed: "was removed",
  copy: "is a copy",
  blank: "has no tokens",
  "unknown provider": "not understood"
}

const summary = ({ before, logins, path }: Shown): string => {
  const fresh = logins.filter((standing) => outcomeOf(standing, before) === "enrolled").length
  return fresh === 0 ? `Nothing in ${path} is new to the pool.` : `Enrolled ${fresh} of ${logins.length} from ${path}.`
}
