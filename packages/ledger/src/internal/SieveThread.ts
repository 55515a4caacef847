/**
 * A thread that sums and sieves the lines of a long ledger, while this one parses those that it found before. It reads
 * nothing itself and judges nothing finally: without it, or where it is stuck, the same is done here.
 */
import { Context, Effect, type Scope } from "effect"
import { availableParallelism } from "node:os"
import type { Worker } from "node:worker_threads"
import type { LedgerFile } from "./LedgerFile.ts"
import { maxBytes } from "./LineEnds.ts"
import { pieceBytes } from "./ReadAhead.ts"
import type { Options } from "./Sieve.ts"
import type { Answer, Order, Piece } from "./SieveWorker.ts"
import type { Place } from "./Walk.ts"

/** What a piece came to: whole lines, good until the next piece is asked for. */
export interface Found {
  readonly place: Place
  readonly isStuck: boolean
  readonly lines: Buffer
}

export interface SieveThread {
  /** Nothing if the file ends here, or could not be read, or there is no thread any more. */
  readonly piece: (file: LedgerFile, place: Place, options: Options) => Effect.Effect<Found | undefined>
}

export interface Threads {
  /** How many events a scan has before it to be worth a thread. */
  readonly from: number
  readonly program: URL
}

export const Threads = Context.Reference<Threads>("@daybook/ledger/internal/SieveThread/Threads", {
  defaultValue: () => ({
    from: availableParallelism() > 1 ? 50_000 : Infinity,
    program: new URL(import.meta.url.endsWith(".ts") ? "./SieveWorker.ts" : "./sieve-worker.js", import.meta.url)
  })
})

/** Ends with the scope. None where a process may have no threads. */
export const make = (program: URL): Effect.Effect<SieveThread | undefined, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => start(program).catch(() => undefined)),
    (thread) => Effect.promise(async () => thread?.end())
  )

/** What few need, Node loads only then. */
const start = async (program: URL): Promise<Thread> => {
  const { Worker } = await import("node:worker_threads")
  return new Thread(new Worker(program, { env: {}, execArgv: [], resourceLimits }))
}

const resourceLimits = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 }

/** So many pieces are under way at once. */
const pieces = 4

class Thread implements SieveThread {
  readonly #worker: Worker
  readonly #free = Array.from({ length: pieces }, () => new Uint8Array(new ArrayBuffer(maxBytes + pieceBytes)))
  /** The pieces of one segment, from one place on. */
  #round = 0
  #file: LedgerFile | undefined
  /** Where the next piece begins that is read. */
  #offset = 0
  /** Nothing more of this round is worth reading. */
  #isOver = false
  #isReading = false
  /** How many the thread has. */
  #away = 0
  #found: Array<Answer> = []
  /** What was given out, and the place behind it. */
  #given: Uint8Array<ArrayBuffer> | undefined
  #place: Place | undefined
  #isGone = false
  #wake: () => void = () => {}

  constructor(worker: Worker) {
    this.#worker = worker
    this.#worker.on("message", (answer: Answer) => this.#hear(answer))
    this.#worker.on("error", () => this.#lose())
    this.#worker.on("exit", () => this.#lose())
  }

  piece(file: LedgerFile, place: Place, options: Options): Effect.Effect<Found | undefined> {
    return Effect.promise(async () => {
      if (this.#given !== undefined) this.#free.push(this.#given)
      this.#given = undefined
      if (this.#place !== place) this.#begin(file, place, options)
      this.#readOn()
      while (this.#found.length === 0 && this.#isUnderWay()) await this.#news()
      return this.#give()
    })
  }

  end(): Promise<unknown> {
    return this.#worker.terminate()
  }

  #begin(file: LedgerFile, place: Place, options: Options): void {
    this.#round++
    this.#file = file
    this.#offset = place.offset
    this.#isOver = this.#isGone
    this.#found.forEach(({ bytes }) => this.#free.push(bytes))
    this.#found = []
    if (!this.#isGone) this.#worker.postMessage({ ...options, round: this.#round, place } satisfies Order, [])
  }

  #isUnderWay(): boolean {
    return !this.#isGone && (this.#isReading || this.#away > 0)
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #give(): Found | undefined {
    const { bytes, found } = this.#found.shift() ?? {}
    this.#given = bytes
    this.#place = found?.place
    if (bytes === undefined || found === undefined) return undefined
    return { place: found.place, isStuck: found.isStuck, lines: Buffer.from(bytes.buffer, 0, found.written) }
  }

  #readOn(): void {
    if (this.#isReading || this.#isOver || this.#file === undefined) return
    const bytes = this.#free.pop()
    if (bytes === undefined) return
    const round = this.#round
    this.#isReading = true
    void this.#file
      .readLater(Buffer.from(bytes.buffer, 0, pieceBytes), this.#offset)
      .catch(() => undefined)
      .then((length = 0) => this.#send({ round, bytes, length }))
  }

  #send(piece: Piece): void {
    this.#isReading = false
    const { bytes, length, round } = piece
    if (round === this.#round && length > 0 && !this.#isOver) {
      this.#offset += length
      this.#away++
      this.#worker.postMessage(piece, [bytes.buffer])
    } else this.#free.push(bytes)
    // Only the end of the file is shorter.
    if (round === this.#round && length < pieceBytes) this.#isOver = true
    this.#readOn()
    this.#wake()
  }

  #hear(answer: Answer): void {
    this.#away--
    if (answer.round === this.#round && answer.found !== undefined) this.#found.push(answer)
    else this.#free.push(answer.bytes)
    if (answer.round === this.#round && answer.found?.isLast !== false) this.#isOver = true
    this.#readOn()
    this.#wake()
  }

  #lose(): void {
    this.#isGone = true
    this.#isOver = true
    this.#wake()
  }
}
