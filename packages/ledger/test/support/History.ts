/**
 * What racers for the versions of grants did and saw, in whichever processes they ran, and whether one ledger that does
 * one thing after another could have told them so.
 */

export interface Operation {
  readonly grant: string
  /** Looked at the version, or tried to move it and won or lost. */
  readonly did: "looked" | "won" | "lost"
  /** The version that an attempt was made on. */
  readonly expected?: number
  /** The version that was seen, made, or named by the conflict. */
  readonly version: number
  /** Of one clock that all processes share and nobody sets; in microseconds. */
  readonly began: number
  readonly ended: number
}

/** What cannot have been, in words; nothing if all is well. */
export const breaches = (history: ReadonlyArray<Operation>): ReadonlyArray<string> => [
  ...groups(history, ({ grant }) => grant).flatMap(breachesOfGrant),
  ...backwards(history.filter(({ did }) => did === "won"))
]

const breachesOfGrant = (operations: ReadonlyArray<Operation>): ReadonlyArray<string> => [
  ...groups(
    operations.filter(({ did }) => did !== "looked"),
    ({ expected }) => expected
  ).flatMap(breachesOfRound),
  ...fromNowhere(operations),
  ...backwards(operations)
]

/** Of all who tried on one version one wins, and the others are told of it, or of what came after it. */
const breachesOfRound = (attempts: ReadonlyArray<Operation>): ReadonlyArray<string> => {
  const winners = attempts.filter(({ did }) => did === "won")
  const moved = winners[0]?.version ?? 0
  const misled = attempts.filter(({ did, version }) => did === "lost" && version < moved)
  return [
    ...(winners.length === 1 ? [] : [`${winners.length} winners on version ${attempts[0]?.expected}`]),
    ...misled.map(({ version }) => `a loser was told ${version} where ${moved} had won`)
  ]
}

/** A version that somebody meets was made by somebody who had begun by then. */
const fromNowhere = (operations: ReadonlyArray<Operation>): ReadonlyArray<string> => {
  const winners = new Map(operations.flatMap((it) => (it.did === "won" ? [[it.version, it] as const] : [])))
  return operations
    .filter(({ ended, version }) => version > 0 && !((winners.get(version)?.began ?? Infinity) < ended))
    .map(({ version }) => `${version} was met before anybody made it`)
}

/** Whoever begins when another has ended meets what that one met, or something newer; a winner makes something newer. */
const backwards = (operations: ReadonlyArray<Operation>): ReadonlyArray<string> => {
  const ended = operations.toSorted((a, b) => a.ended - b.ended)
  let newest = 0
  let passed = 0
  return operations
    .toSorted((a, b) => a.began - b.began)
    .flatMap(({ began, did, version }) => {
      for (let next = ended[passed]; next !== undefined && next.ended < began; next = ended[++passed]) {
        newest = Math.max(newest, next.version)
      }
      const isPast = did === "won" ? version <= newest : version < newest
      return isPast ? [`${version} was met, or made, after ${newest}`] : []
    })
}

const groups = <A>(all: ReadonlyArray<A>, keyOf: (one: A) => unknown): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from(Map.groupBy(all, keyOf).values())
