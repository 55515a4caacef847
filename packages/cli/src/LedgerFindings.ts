/** What there is to say of a pool's ledger: its lines, its lock, the disk it lies on. Writes nothing and takes no lock. */
import { networkFileSystem } from "@daybook/files/FileSystemKind"
import * as RangeLock from "@daybook/files/RangeLock"
import * as SqliteLock from "@daybook/files/SqliteLock"
import { Ledger } from "@daybook/ledger/Ledger"
import { verify, type VerifyReport } from "@daybook/ledger/Verify"
import { Effect, Option, Stream } from "effect"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { fine, type Finding, note, problem } from "./Finding.ts"
import { begin } from "./FirstSteps.ts"
import { nextStep, restoreBase, troubleAndWhy } from "./Flaw.ts"
import * as ReadPool from "./ReadPool.ts"

export const ofLedger = (home: string): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.match(verify(home, { fast: true }), {
    onFailure: (error) => [
      error.reason._tag === "Missing"
        ? problem(home, "there is no ledger", `Name its folder with --home, or begin one with ${begin}.`)
        : problem(home, error.message, "Do what it says, then look again.")
    ],
    onSuccess: (report) => [ofReport(report), ...remarksOn(report)]
  })

const ofReport = (report: VerifyReport): Finding => {
  const { events, firstBad, path, segments } = report
  if (firstBad === undefined) {
    return fine(
      path,
      `${events} events in ${counted(segments.length, "segment")}, every line continues the one before it`
    )
  }
  return problem(firstBad.path, troubleAndWhy(firstBad), nextStep(report, firstBad))
}

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`

/** What is worth knowing of a ledger, whole or not. */
const remarksOn = ({ accepted, lacksBase, missing, path, tornTail, unknown }: VerifyReport): ReadonlyArray<Finding> => [
  ...(unknown === 0 ? [] : [note(path, `${counted(unknown, "event")} of a newer version`, "Update Daybook.")]),
  ...(missing === undefined ? [] : [fine(path, `events before ${missing.to + 1} are archived, or were never copied`)]),
  ...(lacksBase === undefined ? [] : [problem(lacksBase.path, lacksBase.why, restoreBase)]),
  ...(accepted.length === 0
    ? []
    : [fine(path, `${counted(accepted.length, "stretch")} of damage passed over, as accepted`)]),
  ...(tornTail === undefined ? [] : [fine(path, "half a line at the end; the next writer closes it")])
]

/** Asks whether the lock that this ledger's writers use works here, without taking it. A missing file is not made. */
export const ofLock = (home: string): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.gen(function* () {
    const path = join(home, "ledger.lock")
    const kind = yield* lockKind
    if (kind === undefined || !existsSync(path)) return []
    return yield* Effect.scoped(kind === "sqlite" ? SqliteLock.open(path) : RangeLock.open(path)).pipe(
      Effect.match({
        onFailure: ({ message }) => [problem(path, message, "Until then nobody writes to this ledger.")],
        onSuccess: () => [fine(path, `kernel locks of the kind "${kind}" work here`)]
      })
    )
  }).pipe(
    Effect.provide(ReadPool.ledgerLayer(home)),
    // What keeps the ledger from being read is said of the ledger.
    Effect.orElseSucceed(() => [])
  )

/** Every segment begins with it. */
const lockKind = Ledger.use((ledger) => Stream.runHead(ledger.read())).pipe(
  Effect.map(Option.getOrUndefined),
  Effect.map((first) =>
    first?.type === "LedgerOpened" || first?.type === "SegmentOpened" ? first.data.lock : undefined
  )
)

/** Locks and logins are lost where machines share a folder. */
export const ofFileSystem = (home: string): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.match(networkFileSystem(home), {
    onFailure: ({ message }) => [problem(home, message, "Then look again.")],
    onSuccess: Option.match({
      onNone: () => [],
      onSome: (kind) => [problem(home, `lies on ${kind}, where locks may not hold`, "Move it to a local disk.")]
    })
  })
