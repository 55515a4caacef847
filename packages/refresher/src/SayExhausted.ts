/**
 * Records that nothing is available for a provider, when the reasons are others than this process, or any before it, has
 * said last.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { sayExhausted } from "@daybook/pool/decisions/Exhaustion"
import { modelName } from "@daybook/pool/ModelName"
import type { Exhausted } from "@daybook/pool/PoolState"
import { Effect } from "effect"
import type { TokenRequest } from "./HeldFor.ts"
import type { TokenError } from "./PoolError.ts"

/** A pool is exhausted neither if it has nothing of the provider, nor if some were not wanted: all but one, or those tried. */
export const makeSayExhausted = Effect.gen(function* () {
  const ledger = yield* Ledger
  const latest = new Map<string | undefined, string>()
  return Effect.fnUntraced(function* (error: TokenError, request: TokenRequest) {
    if (error._tag !== "NoneAvailable" || error.passed.length === 0 || !wantsAny(request)) return
    const { model } = request
    const { passed, provider, until } = error
    const found: Exhausted = {
      provider,
      ...(model === undefined ? {} : { model: modelName(model) }),
      ...(until === undefined ? {} : { until }),
      passed: passed.map(({ credential: id, reason }) => ({ credential: id, why: reason }))
    }
    const place = JSON.stringify([provider, model])
    const said = JSON.stringify(found)
    if (latest.get(place) === said) return
    if (latest.size >= most) latest.clear()
    latest.set(place, said)
    const events = sayExhausted(yield* ledger.state, found)
    if (events.length > 0) yield* ledger.append(events)
  }, Effect.ignore)
})

/** A program may ask with any number of models. */
const most = 1_000

const wantsAny = ({ credential, except = [] }: TokenRequest): boolean => credential === undefined && except.length === 0
