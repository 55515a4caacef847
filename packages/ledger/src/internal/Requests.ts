/**
 * Appends and syncs that wait for their turn. An append that nobody has taken yet can be withdrawn; once taken it is
 * carried out, whether its caller still waits or not.
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

/** As many events are taken at a time, or one append if it has more. */
const mostTaken = 256

export class Requests {
  readonly #bell = Latch.makeUnsafe()
  #appends: Array<AppendRequest> = []
  #syncs: Array<SyncRequest> = []
  /** Why nothing can be made durable any more. */
  #refusal: LedgerReason | undefined
  #isClosed = false

  append(events: ReadonlyArray<Draft>, options: AppendOptions): Effect.Effect<ReadonlyArray<Recorded>, AppendError> {
    return Effect.suspend(() => {
      if (this.#isClosed) return Effect.interrupt
      const isDurable = events.some((event) => catalogue[event.type].durable)
      if (isDurable && this.#refusal !== undefined) return Effect.fail(new AppendError({ reason: this.#refusal }))
      const done = Deferred.makeUnsafe<ReadonlyArray<Recorded>, AppendError>()
      const request = { ...options, events: events.map(LineFormat.prepare), isDurable, done }
      this.#appends.push(request)
      this.#bell.openUnsafe()
      return Effect.onInterrupt(Deferred.await(done), () => Effect.sync(() => this.#withdraw(request)))
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
    const count = this.#appends.findIndex((request) => (events += request.events.length) >= mostTaken) + 1
    return this.#appends.splice(0, count === 0 ? this.#appends.length : count)
  }

  takeSyncs(): ReadonlyArray<SyncRequest> {
    return this.#syncs.splice(0)
  }

  /** Gives these one answer, whether they were taken or not. */
  answer(requests: ReadonlyArray<AppendRequest>, answer: Effect.Effect<never, AppendError>): void {
    const answered = new Set(requests)
    this.#appends = this.#appends.filter((request) => !answered.has(request))
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
    for (const { done } of this.#appends.splice(0)) Deferred.doneUnsafe(done, Effect.interrupt)
    for (const done of this.#syncs.splice(0)) Deferred.doneUnsafe(done, Effect.interrupt)
  }

  #withdraw(request: AppendRequest): void {
    this.#appends = this.#appends.filter((it) => it !== request)
  }
}
