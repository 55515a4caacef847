/** Controls a sandbox that runs in another process, over HTTP. */
import { Effect, Schema } from "effect"
import * as Controls from "./Controls.ts"
import { type OperationName, operations, type Payload, type Success } from "./Operations.ts"
import { SandboxError, Unreachable } from "./SandboxError.ts"

const unreachable = (origin: string) => (cause: unknown) =>
  new SandboxError({ reason: new Unreachable({ origin, cause }) })

const post = (origin: string, name: string, payload: unknown) =>
  Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(`${origin}/__control/${name}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(payload),
        signal
      })
      return { refused: response.status === 400, body: await response.text() }
    },
    catch: unreachable(origin)
  })

const decode = <A>(origin: string, schema: Schema.Codec<A, unknown>, body: string): Effect.Effect<A, SandboxError> =>
  Effect.mapError(Schema.decodeUnknownEffect(Schema.fromJsonString(schema))(body), unreachable(origin))

const perform = (origin: string) =>
  Effect.fnUntraced(function* <Name extends OperationName>(
    name: Name,
    payload: Payload<Name>
  ): Effect.fn.Return<Success<Name>, SandboxError> {
    const { refused, body } = yield* post(origin, name, payload)
    if (refused) return yield* yield* decode(origin, SandboxError, body)
    return yield* decode<Success<Name>>(origin, operations[name].success, body)
  })

/** The controls of the sandbox at `origin`, once it has answered. */
export const connect = Effect.fnUntraced(function* (origin: string): Effect.fn.Return<Controls.Controls, SandboxError> {
  const performThere = perform(origin)
  const { trapOrigin } = yield* performThere("about", {})
  return Controls.make(performThere, { origin, trapOrigin })
})
