import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Schema } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { rotations } from "@daybook/sandbox/Journal"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import * as SandboxControl from "@daybook/sandbox/SandboxControl"
import * as Client from "./support/Client.ts"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
const victim = fileURLToPath(new URL("support/refreshOnce.ts", import.meta.url))

/** A process that is killed when the test ends. */
const started = (file: string, ...args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "pipe"] })),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

const Announcement = Schema.fromJsonString(Schema.Struct({ origin: Schema.String }))

const originOf = (child: ChildProcess) =>
  Effect.promise(async () => {
    if (child.stdout === null) throw new Error("the process has no output")
    const [line] = await once(createInterface(child.stdout), "line")
    return Schema.decodeUnknownSync(Announcement)(line).origin
  })

const exitOf = (child: ChildProcess) =>
  Effect.promise(async () => {
    const [code, signal] = await once(child, "exit")
    return { code, signal }
  })

const failed = (...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const child = yield* started(main, ...args)
    const [exit, message] = yield* Effect.all([exitOf(child), Effect.promise(() => text(child.stderr))], {
      concurrency: 2
    })
    return { code: exit.code, message }
  })

describe("the process", () => {
  it.live("is driven over HTTP with the same controls", () =>
    Effect.gen(function* () {
      const child = yield* started(main, "--options", '{"defaults":{"dialect":"generic"}}')
      const sandbox = yield* SandboxControl.connect(yield* originOf(child))
      const login = yield* sandbox.issue({ email: "ada@sandbox.test" })
      assert.match(login.access_token, /^at_/)
      const hold = yield* sandbox.hold("afterCommit", { grant: login.grant })
      const reply = yield* Effect.forkChild(Client.refresh(sandbox.origin, login.refresh_token))
      assert.deepInclude((yield* hold.parked())[0], { point: "afterCommit", grant: login.grant })
      yield* hold.release
      assert.strictEqual((yield* Fiber.join(reply)).status, 200)
      yield* sandbox.apiFault({ fault: { _tag: "Status", status: 402 } })
      yield* Client.callApi(sandbox.origin, login.access_token)
      yield* sandbox.revoke({ grant: login.grant })
      yield* sandbox.fault({ fault: { _tag: "Redirect" } })
      yield* Client.refresh(sandbox.origin, login.refresh_token)
      assert.strictEqual(rotations(yield* sandbox.journal, login.grant), 1)
      assert.strictEqual((yield* sandbox.apiCalls)[0]?.status, 402)
      assert.deepStrictEqual(yield* sandbox.trapped, [])
      assert.include(yield* sandbox.issuedTokens, login.refresh_token)
    })
  )

  it.live("ends with exit code 0 on SIGTERM, also while a request is parked", () =>
    Effect.gen(function* () {
      const child = yield* started(main)
      const sandbox = yield* SandboxControl.connect(yield* originOf(child))
      const login = yield* sandbox.issue()
      const hold = yield* sandbox.hold("beforeReading")
      Client.postRaw(sandbox.origin, login.refresh_token)
      yield* hold.parked()
      child.kill("SIGTERM")
      assert.deepStrictEqual(yield* exitOf(child), { code: 0, signal: null })
    })
  )

  it.live("refuses wrong arguments with exit code 2 and says which", () =>
    Effect.gen(function* () {
      const { code, message } = yield* failed("--port", "many")
      assert.strictEqual(code, 2)
      assert.match(message, /^--port: /)
    })
  )

  it.live("names a port in use and the next step, with exit code 1", () =>
    Effect.gen(function* () {
      const { origin } = yield* Sandbox.make()
      const { port } = new URL(origin)
      const { code, message } = yield* failed("--port", port)
      assert.strictEqual(code, 1)
      assert.match(message, new RegExp(`Port ${port} .* in use.*port 0`))
    })
  )
})

describe("errors of the controls", () => {
  it.live("a port in use is a typed reason", () =>
    Effect.gen(function* () {
      const { origin } = yield* Sandbox.make()
      const port = Number(new URL(origin).port)
      const error = yield* Effect.flip(Sandbox.make({ port }))
      assert.deepInclude(error.reason, { _tag: "PortInUse", port })
    })
  )

  it.live("an unknown grant is a typed reason, here and over HTTP", () =>
    Effect.gen(function* () {
      const here = yield* Sandbox.make()
      const there = yield* SandboxControl.connect(here.origin)
      for (const sandbox of [here, there]) {
        const error = yield* Effect.flip(sandbox.revoke({ grant: "grant_x" }))
        assert.deepInclude(error.reason, { _tag: "UnknownGrant", grant: "grant_x" })
      }
    })
  )

  it.live("an origin where nothing listens is unreachable", () =>
    Effect.gen(function* () {
      const { origin } = yield* Effect.scoped(Sandbox.make())
      const error = yield* Effect.flip(SandboxControl.connect(origin))
      assert.deepInclude(error.reason, { _tag: "Unreachable", origin })
    })
  )

  it.live("a control request that is not understood is refused with its reason", () =>
    Effect.gen(function* () {
      const { origin } = yield* Sandbox.make()
      const post = (name: string, body: string) => Client.send(`${origin}/__control/${name}`, { method: "POST", body })
      for (const reply of [yield* post("nonsense", "{}"), yield* post("hold", '{"point":"never"}')]) {
        assert.strictEqual(reply.status, 400)
        assert.nestedPropertyVal(reply.body, "reason._tag", "BadControlRequest")
      }
    })
  )
})

describe("a killed client", () => {
  for (const [point, committed] of [
    ["beforeReading", false],
    ["afterCommit", true],
    ["afterHeaders", true],
    ["midBody", true]
  ] as const) {
    it.live(`by SIGKILL at ${point} ${committed ? "has" : "has not"} spent its token`, () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        const login = yield* sandbox.issue()
        const hold = yield* sandbox.hold(point)
        const child = yield* started(victim, sandbox.origin, login.refresh_token)
        assert.strictEqual((yield* hold.parked())[0]?.client, "victim")
        child.kill("SIGKILL")
        yield* exitOf(child)
        yield* hold.release
        assert.deepInclude(yield* sandbox.settled(1), { committed, outcome: "dropped", flushed: false })
      })
    )
  }
})
