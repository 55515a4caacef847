/** `daybook status`: for each provider, each credential with its word, why, since and until when, and what to do. */
import { profileOf } from "@daybook/vault/HermesProfiles"
import { begin } from "../FirstSteps.ts"
import type { PoolView, Row } from "../PoolView.ts"
import type { Paint } from "./Paint.ts"
import { day, moment } from "@daybook/words/Time"
import { paintWord } from "./Word.ts"

export const statusLines = (view: PoolView, paint: Paint): ReadonlyArray<string> => [
  `${paint("faint", "ledger")} ${view.home}, ${view.head} events`,
  ...(view.rows.length === 0 ? [nobodyYet] : providersOf(view, paint)),
  ...unknownLines(view, paint)
]

export const nobodyYet = `No credential is in this pool yet. ${begin} puts one there.`

const providersOf = (view: PoolView, paint: Paint): ReadonlyArray<string> =>
  [...new Set(view.rows.map(({ provider }) => provider))].flatMap((provider) => {
    const rows = view.rows.filter((row) => row.provider === provider)
    const width = Math.max(...rows.map((row) => nameOf(row).length))
    return [
      `${paint("strong", provider)}  ${count(rows)}`,
      ...rows.flatMap((row) => credentialLines(row, width, view.at, paint))
    ]
  })

export const count = (rows: ReadonlyArray<Row>): string => {
  const usable = rows.filter(({ lost, word }) => lost === undefined && (word === "ok" || word === "suspect")).length
  return `${usable} of ${rows.length} usable`
}

const credentialLines = (row: Row, width: number, now: number, paint: Paint): ReadonlyArray<string> => {
  const name = nameOf(row).padEnd(width)
  const word = paintWord(row.word, paint) + " ".repeat("cooling".length - row.word.length)
  return [
    `  ${word}  ${name}  ${factsOf(row, now)}`.trimEnd(),
    ...(row.todo === undefined ? [] : [`           ${paint("faint", `-> ${row.todo}`)}`])
  ]
}

/** What is said of a credential beside its word: why, since and until when. */
export const factsOf = (row: Row, now: number): string =>
  [because(row), row.lost ?? "", place(row), ...times(row, now)].filter((part) => part !== "").join(", ")

export const nameOf = ({ id, label }: Pick<Row, "id" | "label">): string =>
  label === undefined || label === id ? id : `${id} (${label})`

const because = ({ keepalive, reason, rule, sameAccountAs, word }: Row): string => {
  if (word === "paused" && keepalive) return "kept alive"
  if (reason === undefined) return ""
  if (sameAccountAs !== undefined) return `${reason} of ${sameAccountAs}, which is the same account`
  return `${reason}${rule === undefined ? "" : ` (rule ${rule})`}`
}

const times = ({ deadline, expiresAt, refreshing, since, until, word }: Row, now: number): ReadonlyArray<string> => [
  ...(since === undefined ? [] : [`since ${moment(since, now)}`]),
  ...(until === undefined ? [] : [`until ${moment(until, now)}`]),
  ...(expiresAt === undefined || word === "dead" ? [] : [`access token ends ${moment(expiresAt, now)}`]),
  ...(deadline === undefined || word === "dead" ? [] : [`login ends ${day(deadline, now)}`]),
  ...(refreshing ? ["a refresh is under way"] : [])
]

/** hermes' profiles have logins of their own. */
const place = ({ store: { kind, path } }: Row): string => {
  const profile = kind === "hermes" && path !== undefined ? profileOf(path) : undefined
  return profile === undefined ? "" : `in hermes' profile ${profile}`
}

export const unknownLines = ({ unknownEvents }: Pick<PoolView, "unknownEvents">, paint: Paint): ReadonlyArray<string> =>
  unknownEvents === 0
    ? []
    : [
        paint(
          "waiting",
          `${unknownEvents} ${unknownEvents === 1 ? "event is" : "events are"} from a newer version and not understood. Update Daybook.`
        )
      ]
