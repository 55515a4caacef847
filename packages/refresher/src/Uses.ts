/**
 * Accepted calls that said nothing new, counted in this process and recorded together: once a minute, before anything else
 * is said of a credential, and when the pool is closed. A process that is killed loses a minute's counts at most.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import type { AppendError } from "@daybook/ledger/LedgerError"
import { acceptances, type Counted } from "@daybook/pool/decisions/ApiOutcome"
import type { GenerationRef } from "@daybook/pool/Generation"
import type { CredentialId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import type { Draft } from "@daybook/pool/Recorded"
import { Context, Effect, Layer } from "effect"
import { goingOn } from "./internal/GoingOn.ts"

const recordEvery = 60_000

export class Uses extends Context.Service<
  Uses,
  {
    readonly add: (credential: CredentialId, generation: GenerationRef, now: Instant) => void
    /** Records a call that says something new. Others that are accepted meanwhile are counted: they say the same. */
    readonly record: (
      credential: CredentialId,
      generation: GenerationRef,
      now: Instant,
      news: ReadonlyArray<Draft>
    ) => Effect.Effect<void, AppendError>
    /** How many are not in the ledger yet. */
    readonly pending: (credential: CredentialId) => number
    /** Records what was counted. What cannot be recorded now is counted on. */
    readonly flush: Effect.Effect<void>
  }
>()("@daybook/refresher/Uses") {
  static readonly layer = Layer.effect(
    Uses,
    Effect.suspend(() => make)
  )
}

const make = Effect.gen(function* () {
  const ledger = yield* Ledger
  let counted = new Map<string, Counted>()

  const add = ({ count, credential, generation, last }: Counted): void => {
    const key = `${credential} ${generation.access}`
    const before = counted.get(key)
    const total = count + (before?.count ?? 0)
    counted.set(key, { credential, generation, count: total, last: Math.max(last, before?.last ?? 0) })
  }

  const flush = Effect.suspend(() => {
    const all = Array.from(counted.values())
    if (all.length === 0) return Effect.void
    counted = new Map()
    return Effect.catch(ledger.append(all.map(acceptances)), () => Effect.sync(() => all.forEach(add)))
  }).pipe(Effect.uninterruptible, Effect.asVoid)

  const underWay = new Set<CredentialId>()
  const recordNews = (
    credential: CredentialId,
    generation: GenerationRef,
    now: Instant,
    news: ReadonlyArray<Draft>
  ): Effect.Effect<void, AppendError> =>
    Effect.suspend(() => {
      if (underWay.has(credential)) {
        add({ credential, generation, count: 1, last: now })
        return Effect.void
      }
      underWay.add(credential)
      return flush.pipe(
        Effect.andThen(ledger.append(news)),
        Effect.ensuring(Effect.sync(() => void underWay.delete(credential))),
        Effect.asVoid
      )
    })

  yield* Effect.addFinalizer(() => flush)
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(recordEvery), goingOn(flush))))
  return Uses.of({
    add: (credential, generation, now) => add({ credential, generation, count: 1, last: now }),
    pending: (credential) =>
      Array.from(counted.values()).reduce((sum, one) => (one.credential === credential ? sum + one.count : sum), 0),
    record: recordNews,
    flush
  })
})
