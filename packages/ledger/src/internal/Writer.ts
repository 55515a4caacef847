/**
 * The one fiber that writes. It takes what waits, writes it under the lock in one piece, gives the lock up, and only then
 * syncs, once for all; whoever comes meanwhile shares the next round.
 */
import type { Recorded } from "@daybook/pool/Recorded"
import { Deferred, Effect, Result, type Scope } from "effect"
import { AppendError, LedgerError, Unavailable } from "../LedgerError.ts"
import { commit, type Written } from "./Commit.ts"
import * as Durability from "./Durability.ts"
import * as Seal from "./Seal.ts"
import type { Reader } from "./Reader.ts"
import { type AppendRequest, Requests } from "./Requests.ts"
import type { Self } from "./Self.ts"
import type { WriterLock } from "./WriterLock.ts"

/** Carries out what is requested until the scope closes; what still waits then is interrupted, and so is what comes later. */
export const start = Effect.fnUntraced(function* (
  reader: Reader,
  lock: WriterLock,
  self: Self
): Effect.fn.Return<Requests, never, Scope.Scope> {
  const requests = new Requests()
  const durability = yield* Durability.make(reader, lock)
  const tools = { reader, self, seal: yield* Seal.make(reader, self, durability) }
  let isShared = false
  /** What others have written is read before the lock is taken, as far as it goes, so as to hold it no longer than needed. */
  const lookAhead = Effect.suspend(() => (isShared ? Effect.ignoreCause(reader.catchUp) : Effect.void))
  // Only the wait for the lock can be interrupted: what was written is answered.
  const round = Effect.uninterruptibleMask(
    Effect.fnUntraced(function* (restore) {
      yield* restore(lookAhead)
      const written = yield* write(requests, (take) => restore(lock.hold(reader.inTurn(commit(tools, take)))))
      isShared = written?.foundOthers ?? isShared
      const makeDurable = written === undefined ? syncAll(reader, durability) : durability.sync(written.opened)
      yield* sync(requests, written === undefined ? [] : answerWritten(written), makeDurable)
      const refusal = durability.refusal()
      if (refusal !== undefined) requests.refuseDurable(refusal)
    })
  )
  yield* Effect.addFinalizer(() => Effect.sync(() => requests.close()))
  // Whatever ends it, nobody must be left waiting.
  const end = Effect.sync(() => requests.close())
  yield* requests.some.pipe(Effect.andThen(round), Effect.forever, Effect.ensuring(end), Effect.forkScoped)
  return requests
})

/** Whatever anybody has written by now, into a next segment too. What cannot be read cannot be synced. */
const syncAll = (reader: Reader, durability: Durability.Durability) =>
  reader.catchUp.pipe(
    Effect.catchReason("LedgerError", "Damaged", () => Effect.void),
    Effect.andThen(Effect.suspend(() => durability.sync(reader.now())))
  )

/** Answers those it could not write. An error that struck before anybody was taken is everybody's who waited. */
const write = (
  requests: Requests,
  run: (take: () => ReadonlyArray<AppendRequest>) => Effect.Effect<Written, LedgerError>
): Effect.Effect<Written | undefined> =>
  Effect.suspend(() => {
    let concerned = requests.waitingAppends
    if (concerned.length === 0) return Effect.undefined
    const give = (answer: Effect.Effect<never, AppendError>) =>
      Effect.sync(() => {
        requests.answer(concerned, answer)
        return undefined
      })
    return run(() => (concerned = requests.takeAppends())).pipe(
      Effect.catch(({ reason }) => give(Effect.fail(new AppendError({ reason })))),
      Effect.catchDefect((defect) => give(Effect.die(defect))),
      Effect.onInterrupt(() => give(Effect.interrupt))
    )
  })

/** Written, and to be answered after a sync. */
interface Pending {
  readonly request: AppendRequest
  readonly events: ReadonlyArray<Recorded>
}

/** Answers those that need no sync, and gives back the others. */
const answerWritten = ({ answers }: Written): ReadonlyArray<Pending> =>
  answers.flatMap(([request, outcome]) => {
    if (Result.isSuccess(outcome) && request.isDurable) return [{ request, events: outcome.success }]
    const answer = Result.mapError(outcome, (reason) => new AppendError({ reason }))
    Deferred.doneUnsafe(request.done, Effect.fromResult(answer))
    return []
  })

const sync = (
  requests: Requests,
  pending: ReadonlyArray<Pending>,
  makeDurable: Effect.Effect<void, LedgerError>
): Effect.Effect<void> =>
  Effect.suspend(() => {
    const syncs = requests.takeSyncs()
    if (pending.length + syncs.length === 0) return Effect.void
    const orRefuse = Effect.catchDefect(makeDurable, (defect) => Effect.fail(unexpected(defect)))
    return Effect.match(orRefuse, {
      onSuccess: () => {
        for (const { events, request } of pending) Deferred.doneUnsafe(request.done, Effect.succeed(events))
        for (const done of syncs) Deferred.doneUnsafe(done, Effect.void)
      },
      onFailure: (error) => {
        for (const { request } of pending) Deferred.doneUnsafe(request.done, Effect.fail(new AppendError(error)))
        for (const done of syncs) Deferred.doneUnsafe(done, Effect.fail(error))
      }
    })
  })

/** A defect must not leave them waiting. */
const unexpected = (defect: unknown): LedgerError =>
  new LedgerError({ reason: new Unavailable({ operation: "sync", path: "the ledger", code: String(defect) }) })
