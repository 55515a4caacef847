/** What must hold of a ledger after a power cut: first for who only looks, then for the next writer. */
import { Ledger } from "@daybook/ledger/Ledger"
import * as FileLedger from "@daybook/ledger/FileLedger"
import type { AppendError, LedgerError } from "@daybook/ledger/LedgerError"
import { verify, type VerifyReport } from "@daybook/ledger/Verify"
import * as StateSnapshot from "@daybook/pool/StateSnapshot"
import { Context, Effect, Layer, Option, Result, Stream } from "effect"
import { existsSync, linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { SystemCalls } from "../../src/internal/LedgerFile.ts"
import type { Image } from "./CrashImages.ts"
import { type Run, smallSegments } from "./CrashRun.ts"
import { relabelled } from "./Drafts.ts"

/** Everything that is wrong with an image, in words. */
export const check = Effect.fnUntraced(function* (image: Image, run: Run) {
  const folder = yield* memoryFolder
  put(folder, image, run)
  const seen = yield* Effect.scoped(Effect.flatMap(Effect.result(open(folder, true)), (ledger) => look(folder, ledger)))
  const then = yield* Effect.scoped(appendOne(folder))
  const problems = [...judgeSeen(seen, image, run), ...judgeThen(then, seen, image, run)]
  return problems.map((problem) => `${problem} (${image.what})`)
}, Effect.scoped)

/** In memory, where the system has such folders: nothing here needs to outlast anything. */
const memoryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "daybook-ledger-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

const put = (folder: string, { contents, names, steps }: Image, { derived, key }: Run): void => {
  writeFileSync(join(folder, "fingerprint.key"), key, { mode: 0o600 })
  const written = new Map<number, string>()
  for (const [name, file] of names) {
    const path = join(folder, name)
    const other = written.get(file)
    if (other === undefined) writeFileSync(path, contents.get(file) ?? "", { mode: 0o600 })
    else linkSync(other, path)
    written.set(file, path)
  }
  for (const [name, bytes] of derived(steps)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
}

/** No second power cut comes, so nothing needs to reach the disk. */
const unsynced = Layer.effect(
  SystemCalls,
  Effect.map(SystemCalls, (real) => ({
    ...real,
    sync: (_fd: number, done: (error: null) => void) => void setImmediate(done, null),
    syncFolder: () => {}
  }))
)

const open = (folder: string, readOnly: boolean) =>
  Layer.build(
    FileLedger.layer({ folder, program: "test", version: "1.2.3", readOnly }).pipe(
      Layer.provide([smallSegments, unsynced])
    )
  ).pipe(Effect.map((services) => Context.get(services, Ledger)))

const label = "after the power cut"

const appendOne = Effect.fnUntraced(function* (folder: string) {
  const ledger = yield* Effect.result(open(folder, false))
  const appended = yield* Effect.result(
    Effect.flatMap(Effect.fromResult(ledger), (opened) => opened.append([relabelled(label)]))
  )
  return { ...(yield* look(folder, ledger)), refusal: Option.getOrUndefined(Result.getFailure(appended)) }
})

interface Seen {
  readonly events: ReadonlyArray<string>
  /** Why there are no more. */
  readonly error: LedgerError | undefined
  readonly state: string | undefined
  readonly report: VerifyReport | undefined
}

const look = Effect.fnUntraced(function* (
  folder: string,
  ledger: Result.Result<Ledger["Service"], LedgerError>
): Effect.fn.Return<Seen, LedgerError> {
  const events: Array<string> = []
  if (Result.isFailure(ledger)) return { events, error: ledger.failure, state: undefined, report: undefined }
  const read = Stream.runForEach(ledger.success.read(), (event) =>
    Effect.sync(() => void events.push(JSON.stringify(event)))
  )
  const error = Option.getOrUndefined(Result.getFailure(yield* Effect.result(read)))
  return { events, error, state: StateSnapshot.encode(ledger.success.known()), report: yield* verify(folder) }
})

const isDamaged = (error: LedgerError | undefined): boolean => error?.reason._tag === "Damaged"

const judgeSeen = ({ error, events, report, state }: Seen, image: Image, { history }: Run): ReadonlyArray<string> => {
  const isMissing = events.length === 0 && error?.reason._tag === "Missing"
  const mayFail = (isMissing && image.acknowledged === 0) || (isDamaged(error) && image.fault === "stale")
  const last = history[events.length - 1]
  return found([
    [events.some((event, at) => event !== history[at]?.event), "another event than was written was read"],
    [events.length < image.acknowledged, `of ${image.acknowledged} acknowledged events ${events.length} are left`],
    [error !== undefined && !mayFail, `it cannot be read: ${error?.message}`],
    [report !== undefined && report.isConsistent !== (error === undefined), "verify and a reader disagree"],
    [report !== undefined && report.events !== events.length, "verify counts other events than were read"],
    [report !== undefined && report.head.h !== last?.h, "verify names another head"],
    [error === undefined && state !== last?.state, "the state is not the fold of the events"]
  ])
}

const judgeThen = (
  { error, events, refusal, report }: Seen & { readonly refusal: LedgerError | AppendError | undefined },
  before: Seen,
  image: Image,
  { history }: Run
): ReadonlyArray<string> => {
  const kept = history.slice(0, Math.max(before.events.length, image.acknowledged))
  const isStopped = isDamaged(before.error) && image.fault === "stale"
  return found([
    [kept.some(({ event }, at) => events[at] !== event), "the next writer lost an event"],
    [events.some((event, at) => !event.startsWith(`{"seq":${at + 1},`)), "there is a gap"],
    [!isStopped && refusal !== undefined, `nothing can be appended: ${refusal?.message}`],
    [!isStopped && error !== undefined, `it cannot be read after the append: ${error?.message}`],
    [!isStopped && report?.firstBad !== undefined, `verify finds after the append: ${report?.firstBad?.why}`],
    [!isStopped && events.filter((event) => event.includes(label)).length !== 1, "the new event is not there once"]
  ])
}

const found = (problems: ReadonlyArray<readonly [boolean, string]>): ReadonlyArray<string> =>
  problems.flatMap(([isSo, what]) => (isSo ? [what] : []))
