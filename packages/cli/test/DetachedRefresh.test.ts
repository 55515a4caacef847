/** A refresh outlives whoever asked for the token: the callers of credential helpers have time limits, and kill. */
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Fiber, Schedule } from "effect"
import { type ChildProcess, execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { authFile, writeAuth } from "./support/AuthFile.ts"
import { launch } from "./support/Cli.ts"
import { eventsIn, firstOf, pidOf, typesIn } from "./support/Ledger.ts"
import { snapshot } from "./support/TempFolder.ts"
import { makeWorld } from "./support/World.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

/** A pool whose one login has ended: the next call must refresh. */
const makeEnded = Effect.gen(function* () {
  const world = yield* makeWorld
  const login = yield* world.sandbox.issue({ firstAccessLifetime: -60, accessLifetime: 3600 })
  writeAuth(world.user, authFile(login))
  yield* world.begin
  return { ...world, login, ask: ["token", "openai-codex", ...world.codex] }
})

/** A pool whose one login is good for a while, and past half of its life: it is time for the next token. */
const makeDue = Effect.gen(function* () {
  const world = yield* makeWorld
  const { refresh_token } = yield* world.sandbox.issue({ accessLifetime: 3600 })
  const now = Math.floor(Date.now() / 1000)
  const access_token = unsigned({ iat: now - 200, exp: now + 100 })
  writeAuth(world.user, authFile({ access_token, refresh_token }))
  yield* world.begin
  return { ...world, access_token, ask: ["token", "openai-codex", ...world.codex] }
})

/** RFC 7519 section 6. */
const unsigned = (claims: object): string =>
  [{ alg: "none" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".") + "."

const closed = (child: ChildProcess): Effect.Effect<void> =>
  Effect.callback((resume) => void child.once("close", () => resume(Effect.void)))

/** Nothing tells when a process of somebody else ends. */
const gone = (pid: number | undefined) =>
  Effect.sync(() => process.kill(pid ?? assert.fail("nobody wrote it"), 0)).pipe(
    Effect.sandbox,
    Effect.flip,
    Effect.retry(Schedule.spaced("20 millis"))
  )

const killed = {
  "its process, by a signal that it could catch,": (pid: number) => process.kill(pid, "SIGTERM"),
  "its process": (pid: number) => process.kill(pid, "SIGKILL"),
  "its whole process group": (pid: number) => process.kill(-pid, "SIGKILL")
} as const

describe.concurrent("a token that has ended", () => {
  it.live.each(["its process, by a signal that it could catch,", "its process", "its whole process group"] as const)(
    "is refreshed to the end though %s is killed meanwhile, and the next call serves the new one",
    (which) =>
      Effect.gen(function* () {
        const { ask, at, home, login, run, sandbox } = yield* makeEnded
        const hold = yield* sandbox.hold("afterCommit")
        const helper = launch(ask, { ...at, ownGroup: true })
        const ended = yield* Effect.forkScoped(closed(helper))
        yield* hold.parked()
        killed[which](helper.pid ?? assert.fail("it did not start"))
        yield* Fiber.join(ended)
        yield* hold.release
        const kept = yield* firstOf(home, "RefreshSucceeded")
        const { code, stderr, stdout } = yield* run(ask)
        assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
        assert.notStrictEqual(stdout, `${login.access_token}\n`)
        assert.include(yield* sandbox.issuedTokens, stdout.trim())
        assert.lengthOf(yield* sandbox.journal, 1)
        assert.notInclude(typesIn(home), "OutcomeLost")
        yield* gone(pidOf(home, kept))
      })
  )

  it.live("keeps no process waiting for a provider that never answers, whoever is gone", () =>
    Effect.gen(function* () {
      const { ask, at, home, sandbox } = yield* makeEnded
      const hold = yield* sandbox.hold("afterCommit")
      const helper = launch(ask, { ...at, ownGroup: true })
      yield* hold.parked()
      killed["its whole process group"](helper.pid ?? assert.fail("it did not start"))
      const started = yield* firstOf(home, "RefreshStarted")
      yield* gone(pidOf(home, started)) // within the time limit of a request: 20 s
      assert.include(typesIn(home), "RefreshFailed")
      yield* hold.release
    })
  )

  it.live("is refreshed once for several callers, and all are served the new one", () =>
    Effect.gen(function* () {
      const { ask, run, sandbox } = yield* makeEnded
      const all = yield* Effect.all([run(ask), run(ask), run(ask)], { concurrency: "unbounded" })
      assert.lengthOf(new Set(all.map(({ stdout }) => stdout)), 1)
      for (const { code, stderr, stdout } of all) {
        assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
        assert.include(yield* sandbox.issuedTokens, stdout.trim())
      }
      assert.lengthOf(yield* sandbox.journal, 1)
    })
  )

  it.live("and cannot be refreshed is said with the reason and the next step, on stderr alone, with exit code 3", () =>
    Effect.gen(function* () {
      const { ask, login, run, sandbox } = yield* makeEnded
      yield* sandbox.revoke({ grant: login.grant })
      const { code, stderr, stdout } = yield* run(ask)
      assert.deepStrictEqual({ code, stdout }, { code: 3, stdout: "" })
      assert.match(
        stderr,
        /^openai-codex \(main\): the login is dead \(Revoked, rule [^)]+\)\. Log in to OpenAI Codex again .*\n$/
      )
    })
  )
})

describe.concurrent("a token past half of its life", () => {
  it.live("is served without waiting for the next one, which is fetched meanwhile, once", () =>
    Effect.gen(function* () {
      const { access_token, ask, home, run, sandbox } = yield* makeDue
      const hold = yield* sandbox.hold("beforeReading")
      const first = yield* run(ask)
      yield* hold.parked()
      const second = yield* run(ask)
      for (const ran of [first, second])
        assert.deepStrictEqual(ran, { code: 0, stdout: `${access_token}\n`, stderr: "" })
      yield* hold.release
      const kept = yield* firstOf(home, "RefreshSucceeded")
      yield* gone(pidOf(home, kept))
      const { stdout } = yield* run(ask)
      assert.include(yield* sandbox.issuedTokens, stdout.trim())
      assert.lengthOf(yield* sandbox.journal, 1)
    })
  )
})

/** The process that a command starts, by itself. */
const refreshes = fileURLToPath(new URL("../bin/refresh.js", import.meta.url))

describe.concurrent("a token that is good", () => {
  it.live("is not refreshed by a process that comes too late to do so", () =>
    Effect.gen(function* () {
      const { at, begin, home, sandbox, user } = yield* makeWorld
      yield* begin
      const { origin } = sandbox
      const task = {
        home,
        provider: "openai-codex",
        sandbox: origin,
        credential: "main",
        recover: false,
        unattended: true
      }
      const { stderr, stdout } = yield* Effect.promise(() =>
        promisify(execFile)(process.execPath, [refreshes, JSON.stringify(task)], {
          env: { ...at.env, PATH: process.env["PATH"], HOME: user }
        })
      )
      assert.deepStrictEqual([stdout, stderr.replaceAll("\0", "")], ["", ""])
      assert.deepStrictEqual(yield* sandbox.journal, [])
    })
  )

  it.live("is printed without a second process, and nothing is written", () =>
    Effect.gen(function* () {
      const { begin, codex, home, login, run } = yield* makeWorld
      yield* begin
      const before = snapshot(home)
      const ran = yield* run(["token", "openai-codex", ...codex])
      assert.deepStrictEqual(ran, { code: 0, stdout: `${login.access_token}\n`, stderr: "" })
      assert.deepStrictEqual(snapshot(home), before)
      assert.lengthOf(
        eventsIn(home).filter(({ type }) => type === "ActorJoined"),
        1
      )
    })
  )
})
