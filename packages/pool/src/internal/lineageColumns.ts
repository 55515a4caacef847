/**
 * A lineage as columns, one list per field. It is most of what a state holds, and a few lists are read several times
 * faster than many small objects.
 */
import type { Fingerprint } from "../Fingerprint.ts"
import type { Generation } from "../Generation.ts"
import type { ActorId, Seq } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import type { Grant, Lived } from "../PoolState.ts"

/** `null` where a generation has no such field. */
export interface Columns {
  readonly access: ReadonlyArray<Fingerprint | null>
  readonly refresh: ReadonlyArray<Fingerprint | null>
  /** In milliseconds after `at`, as are the next two. */
  readonly expiresAt: ReadonlyArray<number | null>
  readonly issuedAt: ReadonlyArray<number | null>
  readonly deadline: ReadonlyArray<number | null>
  /** Places in `accounts`. */
  readonly account: ReadonlyArray<number | null>
  readonly accounts: ReadonlyArray<Fingerprint>
  /** Places in `seats`. States that were kept before there were seats have none. */
  readonly seat?: ReadonlyArray<number | null>
  readonly seats?: ReadonlyArray<Fingerprint>
  /** Places in `actors`. */
  readonly by: ReadonlyArray<number>
  readonly actors: ReadonlyArray<ActorId>
  readonly seq: ReadonlyArray<Seq>
  /** In milliseconds after the one before. */
  readonly at: ReadonlyArray<number>
  readonly sent: ReadonlyArray<number>
}

export const pack = (lineage: Grant["lineage"]): Columns => {
  const generations = lineage.map(({ generation }) => generation)
  const accounts = distinct(generations.flatMap(({ account }) => account ?? []))
  const seats = distinct(generations.flatMap(({ seat }) => seat ?? []))
  const actors = distinct(lineage.map(({ by }) => by))
  return {
    access: generations.map(({ access }) => access ?? null),
    refresh: generations.map(({ refresh }) => refresh ?? null),
    expiresAt: lineage.map(({ at, generation }) => after(at, generation.expiresAt)),
    issuedAt: lineage.map(({ at, generation }) => after(at, generation.issuedAt)),
    deadline: lineage.map(({ at, generation }) => after(at, generation.deadline)),
    account: generations.map(({ account }) => (account === undefined ? null : accounts.indexOf(account))),
    accounts,
    ...(seats.length === 0
      ? {}
      : { seat: generations.map(({ seat }) => (seat === undefined ? null : seats.indexOf(seat))), seats }),
    by: lineage.map(({ by }) => actors.indexOf(by)),
    actors,
    seq: lineage.map(({ seq }) => seq),
    at: steps(lineage.map(({ at }) => at)),
    sent: lineage.map(({ sent }) => sent)
  }
}

const distinct = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> => [...new Set(items)]

const after = (at: Instant, instant: Instant | undefined): number | null =>
  instant === undefined ? null : instant - at

const steps = (numbers: ReadonlyArray<number>): ReadonlyArray<number> =>
  numbers.map((number, row) => number - (numbers[row - 1] ?? 0))

/** Throws if a list is too short. */
export const unpack = (columns: Columns): Grant["lineage"] => {
  let at = 0
  return columns.seq.map((seq, row): Lived => {
    at += item(columns.at, row)
    return {
      generation: generationIn(columns, row, at),
      by: item(columns.actors, item(columns.by, row)),
      seq,
      at,
      sent: item(columns.sent, row)
    }
  })
}

const generationIn = (columns: Columns, row: number, at: Instant): Generation => {
  const generation: { -readonly [Field in keyof Generation]: Generation[Field] } = {}
  const access = item(columns.access, row)
  const refresh = item(columns.refresh, row)
  const expires = item(columns.expiresAt, row)
  const issued = item(columns.issuedAt, row)
  const ends = item(columns.deadline, row)
  const account = item(columns.account, row)
  if (access !== null) generation.access = access
  if (refresh !== null) generation.refresh = refresh
  if (expires !== null) generation.expiresAt = at + expires
  if (issued !== null) generation.issuedAt = at + issued
  if (ends !== null) generation.deadline = at + ends
  const seat = columns.seat === undefined ? null : item(columns.seat, row)
  if (account !== null) generation.account = item(columns.accounts, account)
  if (seat !== null) generation.seat = item(columns.seats ?? [], seat)
  return generation
}

const item = <A>(list: ReadonlyArray<A>, place: number): A => {
  const found = list[place]
  if (found === undefined) throw new RangeError(`a list of ${list.length} has no item ${place}`)
  return found
}
