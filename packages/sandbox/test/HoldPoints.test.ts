import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { type HoldPoint } from "@daybook/sandbox/HoldPoints"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import * as Client from "./support/Client.ts"

/** A client that vanishes while it is parked, and the token's fate. */
const vanishAt = (point: HoldPoint) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make()
    const login = yield* sandbox.issue()
    const hold = yield* sandbox.hold(point, { grant: login.grant })
    const client = Client.postRaw(sandbox.origin, login.refresh_token)
    const [parked] = yield* hold.parked()
    assert.deepInclude(parked, { post: 1, point, grant: login.grant })
    client.destroy()
    const post = yield* sandbox.settled(1)
    yield* hold.release
    const after = yield* Client.refresh(sandbox.origin, login.refresh_token)
    return { post, after: after.status }
  })

/** A parked client that stays gets the whole answer once it is released. */
const stayAt = (point: HoldPoint) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make()
    const login = yield* sandbox.issue()
    const hold = yield* sandbox.hold(point)
    const reply = yield* Effect.forkChild(Client.refresh(sandbox.origin, login.refresh_token))
    yield* hold.parked()
    const [before] = yield* sandbox.journal
    yield* hold.release
    return { before, reply: yield* Fiber.join(reply), post: yield* sandbox.settled(1) }
  })

describe("a client that vanishes", () => {
  it.live("before reading costs nothing", () =>
    Effect.gen(function* () {
      const { post, after } = yield* vanishAt("beforeReading")
      assert.deepInclude(post, { committed: false, outcome: "dropped", status: null, successor: null, flushed: false })
      assert.strictEqual(after, 200)
    })
  )

  for (const point of ["afterCommit", "afterHeaders", "midBody"] as const) {
    it.live(`at ${point} leaves the rotation standing`, () =>
      Effect.gen(function* () {
        const { post, after } = yield* vanishAt(point)
        assert.deepInclude(post, { committed: true, outcome: "dropped", flushed: false })
        assert.isNotNull(post.successor)
        assert.strictEqual(after, 401)
      })
    )
  }

  it.live("in the same moment as the release still costs nothing before reading", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue({ dialect: "generic" })
      const hold = yield* sandbox.hold("beforeReading")
      const client = Client.postRaw(sandbox.origin, login.refresh_token)
      yield* hold.parked()
      client.destroy()
      yield* hold.release
      assert.deepInclude(yield* sandbox.settled(1), { committed: false, outcome: "dropped" })
    })
  )
})

describe("a client that stays", () => {
  for (const point of ["beforeReading", "afterCommit", "afterHeaders", "midBody"] as const) {
    it.live(`gets its whole answer after ${point}`, () =>
      Effect.gen(function* () {
        const { before, reply, post } = yield* stayAt(point)
        assert.deepInclude(before, { outcome: "pending", committed: point !== "beforeReading", flushed: false })
        assert.strictEqual(reply.body.refresh_token, post.successor)
        assert.deepInclude(post, { outcome: "answered", committed: true, flushed: true })
      })
    )
  }

  it.live("has the headers and no body at afterHeaders", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      const hold = yield* sandbox.hold("afterHeaders")
      const response = yield* Client.responseOf(Client.postRaw(sandbox.origin, login.refresh_token))
      yield* hold.parked()
      assert.strictEqual(response.statusCode, 200)
      assert.strictEqual(response.readableLength, 0)
    })
  )

  it.live("has half of the body at midBody", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      const hold = yield* sandbox.hold("midBody")
      const response = yield* Client.responseOf(Client.postRaw(sandbox.origin, login.refresh_token))
      const bytes = yield* Client.firstBytes(response)
      yield* hold.parked()
      assert.strictEqual(bytes.length, Math.floor(Number(response.headers["content-length"]) / 2))
    })
  )
})

describe("a hold", () => {
  it.live("stops as many requests as it was armed for, of its own grant only", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const held = yield* sandbox.issue({ rotation: "off" })
      const free = yield* sandbox.issue()
      const hold = yield* sandbox.hold("beforeReading", { grant: held.grant, count: 2 })
      const waiting = yield* Effect.forkChild(
        Effect.all(
          [1, 2].map(() => Client.refresh(sandbox.origin, held.refresh_token)),
          { concurrency: 2 }
        )
      )
      assert.strictEqual((yield* hold.parked(2)).length, 2)
      assert.strictEqual((yield* Client.refresh(sandbox.origin, free.refresh_token)).status, 200)
      assert.strictEqual((yield* Client.refresh(sandbox.origin, held.refresh_token)).status, 200)
      yield* hold.release
      assert.deepStrictEqual(
        (yield* Fiber.join(waiting)).map((reply) => reply.status),
        [200, 200]
      )
    })
  )

  it.live("that is released stops nobody, and ends the wait for arrivals", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      const hold = yield* sandbox.hold("afterCommit")
      const waiting = yield* Effect.forkChild(hold.parked())
      yield* hold.release
      assert.deepStrictEqual(yield* Fiber.join(waiting), [])
      assert.strictEqual((yield* Client.refresh(sandbox.origin, login.refresh_token)).status, 200)
    })
  )

  it.live("at afterCommit does not stop a refusal, which commits nothing", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.hold("afterCommit")
      assert.strictEqual((yield* Client.refresh(sandbox.origin, "rt_never_issued")).status, 401)
    })
  )
})
