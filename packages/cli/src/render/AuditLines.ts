/** `daybook audit`: one table by process, one by credential, and what the ledger says of its own life. */
import type { Account, PolicyChange } from "@daybook/pool/queries/Audit"
import { type Counts, sum, sumBy } from "@daybook/pool/queries/AuditCounts"
import type { ActorNames } from "../ActorNames.ts"
import type { Audited } from "../json/Audit.ts"
import type { Paint } from "./Paint.ts"
import { table } from "./Table.ts"
import { absolute } from "@daybook/words/Time"
import { wrap } from "./Wrap.ts"

const columns = 80

const headings: ReadonlyArray<readonly [heading: string, name: keyof Counts]> = [
  ["SENT", "sent"],
  ["OK", "succeeded"],
  ["FAILED", "failed"],
  ["LOST", "lost"],
  ["RACED", "adopted"],
  ["REFUSED", "refused"],
  ["DEAD", "quarantined"],
  ["IN", "enrolled"],
  ["OUT", "removed"],
  ["ACTS", "acts"]
]

/** So many rows are shown, and what the others come to; absent for all of them. */
export type Most = number | undefined

export const auditLines = (
  { account, from, names, oldest }: Audited,
  most: Most,
  paint: Paint
): ReadonlyArray<string> => {
  const { rows } = account
  const actors = named(
    sumBy(rows, ({ actor }) => actor),
    names
  )
  const credentials = named(
    sumBy(rows, ({ credential }) => credential),
    (id) => id ?? "(none)"
  )
  return [
    ...(rows.length === 0
      ? ["Nothing that is counted happened."]
      : [
          ...countsTable("PROCESS", actors, account.totals, most, paint),
          "",
          ...countsTable("CREDENTIAL", credentials, account.totals, most, paint)
        ]),
    "",
    ...factsOf(account, from, oldest, names).flatMap((fact) => wrapped(fact))
  ]
}

type Named = readonly [name: string, counts: Counts]

/** The busiest first. */
const named = <Key>(sums: ReadonlyMap<Key, Counts>, nameOf: (key: Key) => string): ReadonlyArray<Named> =>
  Array.from(sums, ([key, counts]): Named => [nameOf(key), counts]).toSorted(
    ([name, one], [otherName, other]) => activity(other) - activity(one) || (name < otherName ? -1 : 1)
  )

const activity = (counts: Counts): number =>
  Object.values(counts).reduce((total: number, count: number) => total + count, 0)

const countsTable = (
  title: string,
  all: ReadonlyArray<Named>,
  totals: Counts,
  most: Most,
  paint: Paint
): ReadonlyArray<string> => {
  const shown = all.slice(0, most)
  const others = all.slice(shown.length)
  const rest: ReadonlyArray<Named> =
    others.length === 0 ? [] : [[`${others.length} others`, sum(others.map(([, counts]) => counts))]]
  const rows = [...shown, ...rest, ["total", totals] as const]
  const cells = headings.map(([heading, name]) => padded([heading, ...rows.map(([, counts]) => String(counts[name]))]))
  const room = columns - cells.reduce((width, [cell = ""]) => width + cell.length + 2, 0)
  return table(
    [title, ...cells.map(([heading = ""]) => heading)],
    rows.map(([name], place) => [cut(name, room), ...cells.map((column) => column[place + 1] ?? "")]),
    paint
  )
}

/** Numbers stand at the right. */
const padded = (cells: ReadonlyArray<string>): ReadonlyArray<string> => {
  const width = Math.max(...cells.map(({ length }) => length))
  return cells.map((cell) => cell.padStart(width))
}

const cut = (name: string, room: number): string => (name.length <= room ? name : `${name.slice(0, room - 1)}…`)

const factsOf = (
  { life, policies, totals }: Account,
  from: number,
  oldest: number,
  names: ActorNames
): ReadonlyArray<string> => [
  `${counted(life.joined, "process", "processes")} began to write, ${counted(life.segmentsSealed, "file")} of the ledger ${life.segmentsSealed === 1 ? "was" : "were"} completed.`,
  ...(totals.unsent === 0 ? [] : [`${counted(totals.unsent, "attempt")} ended before anything was sent.`]),
  ...(oldest > 1 && from <= oldest
    ? [`Events up to ${oldest - 1} are not here: they were archived, or never copied.`]
    : []),
  ...life.tailsSealed.map(
    ({ at, length, offset, seq }) =>
      `Event ${seq}, ${absolute(at)}: half a line of a writer that died was closed, ${length} bytes at ${offset}. It was no event.`
  ),
  ...life.damageAccepted.map(
    ({ at, length, offset, segment, seq, upTo }) =>
      `Event ${seq}, ${absolute(at)}: damage was accepted, ${length} bytes at ${offset} of the file that begins with event ${segment}. Events up to ${upTo} may be lost.`
  ),
  ...policiesIn(policies, names)
]

/** The newest few. */
const policiesMost = 5

const policiesIn = (policies: ReadonlyArray<PolicyChange>, names: ActorNames): ReadonlyArray<string> => {
  const earlier = policies.length - policiesMost
  return [
    ...(earlier > 0 ? [`${counted(earlier, "earlier change")} of policy; --json has them all.`] : []),
    ...policies
      .slice(-policiesMost)
      .map(
        ({ actor, at, hash, seq }) =>
          `Event ${seq}, ${absolute(at)}: ${names(actor)} decides by policy ${hash.slice(0, 10)}.`
      )
  ]
}

const wrapped = (text: string): ReadonlyArray<string> =>
  wrap(text, columns - 2).map((line, place) => (place === 0 ? line : `  ${line}`))

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`
