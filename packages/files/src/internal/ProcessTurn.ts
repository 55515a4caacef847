/** Turns within this process, one at a time for each key. A key is forgotten when nobody holds or awaits it. */
import { Effect, type Scope, Semaphore } from "effect"

interface Turn {
  readonly semaphore: Semaphore.Semaphore
  users: number
}

const turns = new Map<string, Turn>()

/** Waits for the turn and holds it until the scope closes. */
export const take = Effect.fnUntraced(function* (key: string): Effect.fn.Return<void, never, Scope.Scope> {
  const { semaphore } = yield* Effect.acquireRelease(
    Effect.sync(() => enter(key)),
    (turn) => Effect.sync(() => leave(key, turn))
  )
  yield* semaphore.takeScoped(1)
})

const enter = (key: string): Turn => {
  const turn = turns.get(key) ?? { semaphore: Semaphore.makeUnsafe(1), users: 0 }
  turns.set(key, turn)
  turn.users++
  return turn
}

const leave = (key: string, turn: Turn): void => {
  if (--turn.users === 0) turns.delete(key)
}
