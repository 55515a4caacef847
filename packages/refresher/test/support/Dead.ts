/**
 * A login that its provider calls dead: once, so that it lives on there, as after an answer that was wrong.
 */
import { Effect } from "effect"
import { failing } from "./Failures.ts"
import type { Instance } from "./Instance.ts"
import type { Scene } from "./Scene.ts"

/** The next refresh is answered with `invalid_grant`, and changes nothing at the provider. */
export const refuseNext = ({ sandbox }: Scene) =>
  Effect.orDie(
    sandbox.fault({
      fault: {
        _tag: "Status",
        status: 400,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ error: "invalid_grant", error_description: "Invalid refresh token" })
      }
    })
  )

/** The login is quarantined and its store cleared. Answers the reason. */
export const condemn = Effect.fnUntraced(function* (scene: Scene, { token }: Instance) {
  yield* refuseNext(scene)
  return yield* failing(token({ forceRefresh: true }))
})
