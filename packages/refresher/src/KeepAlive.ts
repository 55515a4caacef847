/**
 * Refreshes logins that nobody asks for, before they lapse: those on a bench, those that another one is preferred to,
 * and paused ones that are to be kept.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { isLapsing } from "@daybook/pool/decisions/KeepAlive"
import { members } from "@daybook/pool/PoolState"
import { Clock, Effect, Random } from "effect"
import { goingOn } from "./internal/GoingOn.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { Refresher } from "./Refresher.ts"

/** Runs for as long as the pool is open. Processes that opened it together do not look together. */
export const keepAlive = Effect.gen(function* () {
  const { upkeepEvery } = yield* PoolPolicy
  while (true) {
    yield* Effect.sleep(upkeepEvery * (0.5 + (yield* Random.next)))
    yield* goingOn(refreshLapsing)
  }
})

/** One after the other; what goes wrong is in the ledger. */
const refreshLapsing = Effect.gen(function* () {
  const refresher = yield* Refresher
  const policy = yield* PoolPolicy
  const state = (yield* Ledger).known()
  const now = yield* Clock.currentTimeMillis
  const lapsing = members(state).filter((credential) => isLapsing(state, credential, now, policy))
  yield* Effect.forEach(
    lapsing,
    (credential) => Effect.ignore(refresher.refresh(credential, { trigger: "keepalive" })),
    {
      discard: true
    }
  )
})
