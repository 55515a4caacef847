/**
 * Failures as values that a test can compare.
 */
import { Effect, Exit } from "effect"
import { RefreshError } from "@daybook/pool/RefreshError"
import type { Terminal, Transient } from "@daybook/pool/RefreshError"
import type { TokenError } from "@daybook/refresher/PoolError"
import { crash } from "./Hooks.ts"
import type { OpenOptions, Scene } from "./Scene.ts"

/** The reason of the refusal to give a token; a failure of the test if one is given. */
export const reasonOf = <A>(asked: Effect.Effect<A, TokenError>): Effect.Effect<Transient | Terminal> =>
  Effect.flatMap(Effect.result(asked), (result) => {
    if (result._tag === "Success") return Effect.die(new Error("a token was given"))
    const error = result.failure
    return error instanceof RefreshError && error.reason._tag !== "Raced"
      ? Effect.succeed(error.reason)
      : Effect.die(new Error(`not a reason to wait or to log in: ${error.message}`))
  })

/** The name of that reason, such as `Busy` or `Reused`. */
export const failing = <A>(asked: Effect.Effect<A, TokenError>): Effect.Effect<string> =>
  Effect.map(reasonOf(asked), ({ reason }) => reason)

/** A process sends the refresh token and dies with the answer in its hand; the one that comes next. */
export const afterALostAnswer = Effect.fnUntraced(function* (scene: Scene, options: OpenOptions = {}) {
  const first = yield* scene.open(options)
  first.edges.network.after("post", crash)
  const exit = yield* Effect.exit(first.token({ forceRefresh: true }))
  if (Exit.isSuccess(exit)) return yield* Effect.die(new Error("the crash was survived"))
  yield* first.close
  return yield* scene.open(options)
})
