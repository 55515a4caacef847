import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import * as Client from "./support/Client.ts"

const streamed = (origin: string, path: string, token: string) =>
  Client.postJson(`${origin}${path}`, { model: "m", stream: true }, { authorization: `Bearer ${token}` })

describe("the model API, asked for a stream", () => {
  for (const [path, first, last] of [
    ["/v1/responses", "event: response.created\n", "response.completed"],
    ["/v1/chat/completions", "data: {", "[DONE]"],
    ["/v1/messages", "event: message_start\n", "message_stop"]
  ] as const) {
    it.live(`${path} answers in events`, () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        const { access_token } = yield* sandbox.issue()
        const reply = yield* streamed(sandbox.origin, path, access_token)
        assert.match(reply.headers.get("content-type") ?? "", /^text\/event-stream/)
        assert.isTrue(reply.text.startsWith(first))
        assert.include(reply.text.trimEnd().split("\n").at(-1) ?? "", last)
      })
    )
  }

  it.live("is cut in the middle by a fault", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { access_token } = yield* sandbox.issue()
      yield* sandbox.apiFault({ fault: { _tag: "CutBody" } })
      const error = yield* Effect.flip(streamed(sandbox.origin, "/v1/messages", access_token))
      assert.strictEqual(error._tag, "Broken")
    })
  )

  it.live("is reset before it begins by a fault", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { access_token } = yield* sandbox.issue()
      yield* sandbox.apiFault({ fault: { _tag: "Reset" } })
      const error = yield* Effect.flip(streamed(sandbox.origin, "/v1/messages", access_token))
      assert.strictEqual(error._tag, "Broken")
    })
  )
})

describe("the model API, given an API key", () => {
  it.live("takes it in a header of its own", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { access_token } = yield* sandbox.issue()
      for (const name of ["x-api-key", "x-goog-api-key"]) {
        const reply = yield* Client.postJson(`${sandbox.origin}/v1/messages`, {}, { [name]: access_token })
        assert.strictEqual(reply.status, 200)
        const call = (yield* sandbox.apiCalls).at(-1)
        assert.strictEqual(call?.headers[name], access_token)
      }
    })
  )
})
