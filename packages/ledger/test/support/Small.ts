/** Ledgers whose segments are sealed, and whose marks come, every few lines. */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import type { AppendError, LedgerError } from "@daybook/ledger/LedgerError"
import type { Recorded } from "@daybook/pool/Recorded"
import { Context, Effect, Layer, type Scope, Stream } from "effect"
import { readdirSync } from "node:fs"
import { basename, join } from "node:path"
import { SystemCalls } from "../../src/internal/LedgerFile.ts"
import { SegmentBytes } from "../../src/internal/Seal.ts"
import { listSealed } from "../../src/internal/Segments.ts"
import { SnapshotEvery } from "../../src/internal/View.ts"
import { relabelled } from "./Drafts.ts"

export interface Small extends Partial<FileLedger.Options> {
  /** 4 KiB unless given: about ten events. */
  readonly segmentBytes?: number
  /** 1 KiB unless given: about three events. */
  readonly snapshotEvery?: number
  readonly calls?: SystemCalls
}

export const sizesOf = ({ segmentBytes = 4096, snapshotEvery = 1024 }: Small): Layer.Layer<never> =>
  Layer.merge(Layer.succeed(SegmentBytes, segmentBytes), Layer.succeed(SnapshotEvery, snapshotEvery))

export const layer = (folder: string, small: Small = {}) => {
  const { calls, segmentBytes: _segmentBytes, snapshotEvery: _snapshotEvery, ...options } = small
  const sizes = sizesOf(small)
  const disk = calls === undefined ? sizes : Layer.merge(sizes, Layer.succeed(SystemCalls, calls))
  return Layer.provide(FileLedger.layer({ folder, program: "test", version: "1.2.3", ...options }), disk)
}

/** Opens it once more, apart from whoever has it open already. */
export const open = (folder: string, small?: Small): Effect.Effect<Ledger["Service"], LedgerError, Scope.Scope> =>
  Effect.map(Layer.build(layer(folder, small)), (services) => Context.get(services, Ledger))

export const liveIn = (folder: string): string => join(folder, "ledger.jsonl")

/** Appends one event after another, each in a write of its own. */
export const appendEach = (
  ledger: Ledger["Service"],
  count: number
): Effect.Effect<ReadonlyArray<Recorded>, AppendError> =>
  Effect.map(
    Effect.forEach(Array.from({ length: count }), (_, index) => ledger.append([relabelled(`label ${index}`)])),
    (appended) => appended.flat()
  )

/** Opens it for a moment, to append some. */
export const write = (folder: string, count: number, small?: Small) =>
  Effect.scoped(Effect.flatMap(open(folder, small), (ledger) => appendEach(ledger, count)))

export const allOf = (ledger: Ledger["Service"]): Effect.Effect<ReadonlyArray<Recorded>, LedgerError> =>
  Stream.runCollect(ledger.read())

/** Opens it for a moment, to read it. */
export const readAll = (folder: string, small?: Small) =>
  Effect.scoped(Effect.flatMap(open(folder, { readOnly: true, ...small }), allOf))

/** The files of a ledger, sealed ones first, in order. */
export const segmentsIn = (folder: string): Effect.Effect<ReadonlyArray<string>, LedgerError> =>
  Effect.map(listSealed(folder), (sealed) => [...sealed.map(({ path }) => path), liveIn(folder)])

/** Names in a folder that are no derived files. */
export const namesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder)
    .filter((name) => !["snapshots", "index.bin"].includes(basename(name)))
    .toSorted()

/** `from` to `to`, both included. */
export const numbers = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

export const seqsOf = (events: ReadonlyArray<Recorded>): ReadonlyArray<number> => events.map((event) => event.seq)
