/**
 * A run of two writers that goes through everything a ledger does to its files, recorded: it is created, appended to,
 * alone and in groups, torn and closed again, synced with failures, and sealed more than once.
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { evolve } from "@daybook/pool/Evolve"
import { empty } from "@daybook/pool/PoolState"
import * as StateSnapshot from "@daybook/pool/StateSnapshot"
import { Context, Effect, Layer, Stream } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { SystemCalls } from "../../src/internal/LedgerFile.ts"
import { SegmentBytes } from "../../src/internal/Seal.ts"
import { SnapshotEvery } from "../../src/internal/View.ts"
import { cooldownCleared, relabelled } from "./Drafts.ts"
import { open } from "./Open.ts"
import * as RecordedDisk from "./RecordedDisk.ts"
import { tempFolder } from "./TempFolder.ts"

export interface Run {
  readonly steps: ReadonlyArray<RecordedDisk.Step>
  readonly key: Buffer
  /** Each event as JSON, with the `h` of its line and the fold up to it. */
  readonly history: ReadonlyArray<{ readonly event: string; readonly h: string; readonly state: string }>
  /** By their paths: index and snapshots, as they stood before a step. */
  readonly derived: (step: number) => ReadonlyMap<string, Buffer>
  /** Sealed segments. */
  readonly seals: number
}

/** Small enough for a run to seal several segments. */
export const smallSegments = Layer.succeed(SegmentBytes, 2048)

/** Snapshots are taken each so many bytes. */
export const record = (snapshotEvery: number): Effect.Effect<Run> =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    const looks: Array<ReadonlyMap<string, Buffer>> = []
    const disk = yield* RecordedDisk.make((step) => (looks[step] = derivedIn(folder)))
    yield* Effect.scoped(play(folder, disk, snapshotEvery))
    looks.push(derivedIn(folder))
    return {
      steps: disk.steps,
      key: readFileSync(join(folder, "fingerprint.key")),
      history: yield* Effect.scoped(historyOf(folder)),
      derived: (step: number) => looks[step] ?? new Map(),
      seals: readdirSync(folder).filter((name) => /^ledger\.\d+\.jsonl$/.test(name)).length
    }
  }).pipe(Effect.scoped, Effect.orDie)

const derivedIn = (folder: string): ReadonlyMap<string, Buffer> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true, encoding: "utf8" })
      .filter((entry) => entry.isFile() && /^index\.bin$|\.zst$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path)])
  )

const play = Effect.fnUntraced(function* (folder: string, disk: RecordedDisk.RecordedDisk, snapshotEvery: number) {
  const calls = Layer.succeed(SystemCalls, disk.calls)
  const layer = FileLedger.layer({ folder, program: "test", version: "1.2.3" }).pipe(
    Layer.provide([smallSegments, Layer.succeed(SnapshotEvery, snapshotEvery), calls])
  )
  const openOne = Effect.map(Layer.build(layer), (services) => Context.get(services, Ledger))
  const append = (ledger: Ledger["Service"], ...labels: ReadonlyArray<string>) =>
    Effect.map(ledger.append(labels.map(relabelled)), (events) => disk.acknowledge(events.at(-1)?.seq ?? 0))
  const appendTogether = (ledger: Ledger["Service"], ...labels: ReadonlyArray<string>) =>
    Effect.forEach(labels, (label) => append(ledger, label), { concurrency: "unbounded" })
  const tear = (ledger: Ledger["Service"], length: number) => {
    disk.tear(length)
    return Effect.flip(ledger.append([relabelled("torn")]))
  }

  const one = yield* openOne
  yield* append(one, "first")
  yield* one.append([cooldownCleared])
  yield* appendTogether(one, "a", "b", "c")
  const two = yield* openOne
  yield* append(two, "by another")
  yield* one.append([cooldownCleared, cooldownCleared])
  yield* tear(two, 150)
  yield* append(one, "behind half a line")
  disk.failSyncs = 1
  yield* append(two, "synced with", "the second try")
  yield* one.append([cooldownCleared])
  yield* tear(one, 100)
  yield* two.sync
  yield* append(two, "behind half a line that was synced", "x".repeat(1200))
  yield* one.append([cooldownCleared])
  disk.failSyncs = 1
  yield* appendTogether(two, "d", "e", "f", "g")
  yield* append(one, "h", "i", "j")
  yield* tear(two, 40)
  yield* append(two, "before the disk fails twice")
  disk.failSyncs = 2
  yield* Effect.flip(append(one, "refused"))
  yield* one.append([cooldownCleared])
  const three = yield* openOne
  yield* append(three, "last")
})

const historyOf = Effect.fnUntraced(function* (folder: string) {
  const ledger = yield* open(folder, { readOnly: true })
  let state = empty
  const events = yield* Stream.runCollect(ledger.read())
  const hashes = hashesIn(folder)
  return events.map((event) => {
    state = evolve(state, event)
    return { event: JSON.stringify(event), h: hashes.get(event.seq) ?? "", state: StateSnapshot.encode(state) }
  })
})

/** The `h` of each line, by its `seq`. */
const hashesIn = (folder: string): ReadonlyMap<number, string> =>
  new Map(
    readdirSync(folder)
      .filter((name) => /^ledger\.(\d+\.)?jsonl$/.test(name))
      .flatMap((name) => readFileSync(join(folder, name), "latin1").split("\n"))
      .flatMap((line) => {
        const [, seq, h] = /^\{"seq":(\d+),.*,"h":"([\w-]{43})","c":"[0-9a-f]{8}"\}$/.exec(line) ?? []
        return seq === undefined || h === undefined ? [] : [[Number(seq), h] as const]
      })
  )
