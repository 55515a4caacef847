/**
 * The loops of a ledger up to an event. A later cursor goes on where the last one ended; an earlier one begins anew, since
 * a detector forgets what it has passed. One reading at a time, whoever asks.
 */
import { type Loop, loopTypes, makeLoopDetector } from "@daybook/pool/queries/Loops"
import type { Context } from "../model/Context.ts"
import type { Cursor } from "../Questions.ts"
import type { Source } from "../Source.ts"

/** What is read is not lost if nobody waits for the rest: this much at a time. */
const pieceLength = 20_000

class Detection {
  #detector = makeLoopDetector()
  #seq = 0
  #last: Promise<unknown> = Promise.resolve()

  loops(context: Context, cursor: Cursor): Promise<ReadonlyArray<Loop>> {
    const turn = this.#last.then(() => this.#found(context, cursor))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async #found(context: Context, { now, seq }: Cursor): Promise<ReadonlyArray<Loop>> {
    if (seq < this.#seq) this.#restart()
    const all = seq - context.first + 1
    for (let from = Math.max(context.first, this.#seq + 1); from <= seq; from = this.#seq + 1) {
      if (seq - from >= pieceLength) context.progress?.({ events: from - context.first, all })
      await this.#pass(context, from, Math.min(from + pieceLength - 1, seq))
    }
    return this.#detector.found(now)
  }

  /** Of a piece that was read in part, nobody knows how much the detector has seen. */
  async #pass({ signal, source }: Context, from: number, to: number): Promise<void> {
    signal?.throwIfAborted()
    try {
      await source.events({ from, to, types: loopTypes }, (event) => void this.#detector.take(event))
    } catch (error) {
      this.#restart()
      throw error
    }
    this.#seq = to
  }

  #restart(): void {
    this.#detector = makeLoopDetector()
    this.#seq = 0
  }
}

const detections = new WeakMap<Source, Detection>()

/** A loop may have begun long before, and with a token of another credential: everything is looked through. */
export const loopsAt = (context: Context, cursor: Cursor): Promise<ReadonlyArray<Loop>> => {
  const detection = detections.get(context.source) ?? new Detection()
  detections.set(context.source, detection)
  return detection.loops(context, cursor)
}
