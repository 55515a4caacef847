/**
 * Appends and syncs that wait for their turn, not more than memory has room for. An append that nobody has taken yet can
 * be withdrawn; once taken it is carried out, whether its caller still waits or not.
 */
import { catalogue } from "@daybook/pool/Event"
import type { Draft, Recorded } from "@daybook/pool/Recorded"
import { Deferred, Effect, Latch } from "effect"
import type { AppendOptions } from "../Ledger.ts"
import { AppendError, LedgerError, type LedgerReason } from "../LedgerError.ts"
import * as LineFormat from "../LineFormat.ts"
import type { Append } from "./Group.ts"

export interface AppendRequest extends Append {
  /** Whether its answer waits for a sync. */
  readonly isDurable: boolean
  readonly done: Deferred.Deferred<ReadonlyArray<Recorded>, AppendError>
}

export type SyncRequest = Deferred.Deferred<void, LedgerError>

/** As many events, and as many bytes of them, are taken at a time, or one append if it has more. */
const mostTaken = 256
const mostBytes = 512 * 1024

/** As many events wait here at most; whoever brings more waits outside, with nothing prepared yet. */
const mostWaiting = 8_192

export class Requests {
  readonly #bell = Latch.makeUnsafe()
  /** Open while there is room. */
  readonly #room = Latch.makeUnsafe(true)
  #appends: Array<AppendRequest> = []
  /** How many wait. */
  #events = 0
  #syncs: Array<SyncRequest> = []
  /** Why nothing can be made durable any more. */
  #refusal: LedgerReason | undefined
  #isClosed = false

  append(events: ReadonlyArray<Draft>, options: AppendOptions): Effect.Effect<ReadonlyArray<Recorded>, AppendError> {
    return Effect.suspend(() =>
      this.#events < mostWaiting || this.#isClosed
        ? this.#appendInRoom(events, options)
        : Effect.andThen(this.#room.await, this.append(events, options))
    )
  }

  #appendInRoom(
    events: ReadonlyArray<Draft>,
    options: AppendOptions
  ): Effect.Effect<ReadonlyArray<Recorded>, AppendError> {
    return Effect.suspend(() => {
      if (this.#isClosed) return Effect.interrupt
      const isDurable = events.some((event) => catalogue[event.type].durable)
      if (isDurable && this.#refusal !== undefined) return Effect.fail(new AppendError({ reason: this.#refusal }))
      const done = Deferred.makeUnsafe<ReadonlyArray<Recorded>, AppendError>()
      const request = { ...options, events: events.map(LineFormat.prepare), isDurable, done }
      this.#appends.push(request)
      this.#count(events.length)
      this.#bell.openUnsafe()
      return Effect.onInterrupt(Deferred.await(done), () => Effect.sync(() => this.#leave((it) => it === request)))
    })
  }

  get sync(): Effect.Effect<void, LedgerError> {
    return Effect.suspend(() => {
      if (this.#isClosed) return Effect.interrupt
      if (this.#refusal !== undefined) return Effect.fail(new LedgerError({ reason: this.#refusal }))
      const done = Deferred.makeUnsafe<void, LedgerError>()
      this.#syncs.push(done)
      this.#bell.openUnsafe()
      return Deferred.await(done)
    })
  }

  /** Ends when there is something to do. */
  get some(): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (this.#appends.length + this.#syncs.length > 0) return Effect.void
      this.#bell.closeUnsafe()
      return this.#bell.await
    })
  }

  get waitingAppends(): ReadonlyArray<AppendRequest> {
    return [...this.#appends]
  }

  takeAppends(): ReadonlyArray<AppendRequest> {
    let events = 0
    let bytes = 0
    const isFull = (request: AppendRequest) => {
      events += request.events.length
      bytes += request.events.reduce((sum, { text }) => sum + text.length, 0)
      return events >= mostTaken || bytes >= mostBytes
    }
    const count = this.#appends.findIndex(isFull) + 1
    const taken = this.#appends.splice(0, count === 0 ? this.#appends.length : count)
    this.#count(-taken.reduce((sum, request) => sum + request.events.length, 0))
    return taken
  }

  takeSyncs(): ReadonlyArray<SyncRequest> {
    return this.#syncs.splice(0)
  }

  /** Gives these one answer, whether they were taken or not. */
  answer(requests: ReadonlyArray<AppendRequest>, answer: Effect.Effect<never, AppendError>): void {
    const answered = new Set(requests)
    this.#leave((request) => answered.has(request))
    for (const { done } of requests) Deferred.doneUnsafe(done, answer)
  }

  /** From now on nothing that must be durable is accepted, and what waits for it is refused too: a later sync may lie. */
  refuseDurable(reason: LedgerReason): void {
    this.#refusal = reason
    const durable = this.#appends.filter((request) => request.isDurable)
    this.answer(durable, Effect.fail(new AppendError({ reason })))
    for (const done of this.#syncs.splice(0)) Deferred.doneUnsafe(done, Effect.fail(new LedgerError({ reason })))
  }

  /** Interrupts what waits and whatever comes: nobody will take it any more. */
  close(): void {
    this.#isClosed = true
    this.answer(this.#appends, Effect.interrupt)
    for (const done of this.#syncs.splice(0)) Deferred.doneUnsafe(done, Effect.interrupt)
  }

  #leave(leaves: (request: AppendRequest) => boolean): void {
    const left = this.#appends.filter(leaves)
    this.#appends = this.#appends.filter((request) => !leaves(request))
    this.#count(-left.reduce((sum, request) => sum + request.events.length, 0))
  }

  #count(events: number): void {
    this.#events += events
    if (this.#events < mostWaiting) this.#room.openUnsafe()
    else this.#room.closeUnsafe()
  }
}
