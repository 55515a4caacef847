/** Answers that are written piece by piece. */
import { begin, type Write, types } from "@daybook/cli/view/Reply"
import { assert, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { once } from "node:events"
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

const megabyte = "x".repeat(1_000_000)

/** An answer that has begun, and the one who reads it, who has not read anything yet. */
const answering = Effect.gen(function* () {
  const server = yield* Effect.acquireRelease(
    Effect.sync(() => createServer().listen(0, "127.0.0.1")),
    (server) =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  )
  yield* Effect.promise(() => once(server, "listening"))
  const { port } = server.address() as AddressInfo
  const asked = once(server, "request")
  const answered = once(get({ host: "127.0.0.1", port, agent: false }), "response")
  const [, response] = (yield* Effect.promise(() => asked)) as [IncomingMessage, ServerResponse]
  const write = yield* begin(response, types.text)
  const [reader] = (yield* Effect.promise(() => answered)) as [IncomingMessage]
  return { response, write, reader }
})

const writeMany = (write: Write, count: number) => Effect.forEach(Array.from({ length: count }), () => write(megabyte))

it.live("who reads nothing has no more than one piece waiting, and gets all when it reads", () =>
  Effect.gen(function* () {
    const { reader, response, write } = yield* answering
    const writing = yield* Effect.forkChild(writeMany(write, 50))
    while (!response.writableNeedDrain) yield* Effect.promise(() => new Promise(setImmediate))
    assert.isAtMost(response.writableLength, 1_100_000)
    assert.isUndefined(writing.pollUnsafe())
    let bytes = 0
    reader.on("data", (part: Buffer) => (bytes += part.length))
    yield* Fiber.join(writing)
    response.end()
    yield* Effect.promise(() => once(reader, "end"))
    assert.strictEqual(bytes, 50_000_000)
  })
)

it.live("who goes away is written nothing more", () =>
  Effect.gen(function* () {
    const { reader, response, write } = yield* answering
    const gone = once(response, "close")
    reader.on("error", () => {}).destroy()
    yield* Effect.promise(() => gone)
    const writing = yield* Effect.forkChild(write("more"))
    yield* Effect.promise(() => new Promise(setImmediate))
    assert.isUndefined(writing.pollUnsafe())
    yield* Fiber.interrupt(writing)
  })
)
