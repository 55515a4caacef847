/**
 * A login that its provider calls dead: once, so that it lives on at the provider, as after an answer that was wrong.
 */
import { Effect } from "effect"
import { failing } from "./Failures.ts"
import type { Instance } from "./Instance.ts"
import type { Scene } from "./Scene.ts"

/** What is known of a credential's store and its tokens, in clear. */
export interface InStore {
  readonly access?: string | undefined
  readonly refresh?: string | undefined
}

/** The token endpoint answers the next refresh with `invalid_grant`; the login is quarantined and its store cleared. */
export const condemn = Effect.fnUntraced(function* (scene: Scene, instance: Instance, provider?: string) {
  yield* refuseNext(scene)
  const asked = instance.token({ forceRefresh: true, ...(provider === undefined ? {} : { provider }) })
  return yield* failing(asked)
})

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
