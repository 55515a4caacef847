/** What a command tells a collector, as a process of its own. */
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { authFile, writeAuth } from "./support/AuthFile.ts"
import { daybook } from "./support/Cli.ts"
import { makeWorld } from "./support/World.ts"

vi.setConfig({ testTimeout: 60_000 })

/** Keeps what it is sent. */
const collecting = (answers: boolean) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly origin: string; readonly texts: Array<string>; readonly close: () => void }>(
      (resume) => {
        const texts: Array<string> = []
        const server = createServer((request, response) => {
          let text = ""
          request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
          request.on("end", () => {
            texts.push(`${request.url} ${JSON.stringify(request.headers)} ${text}`)
            if (answers) response.end("{}")
          })
        })
        server.listen(0, "127.0.0.1", () => {
          const { port } = server.address() as AddressInfo
          resume(
            Effect.succeed({
              origin: `http://127.0.0.1:${port}`,
              texts,
              close: () => server.close().closeAllConnections()
            })
          )
        })
      }
    ),
    ({ close }) => Effect.sync(close)
  )

const collector = collecting(true)

/** What a process sends that nobody waits for. */
const until = (holds: () => boolean) =>
  Effect.suspend(() => (holds() ? Effect.void : Effect.fail("not yet" as const))).pipe(
    Effect.retry(Schedule.spaced("20 millis")),
    Effect.orDie
  )

describe("a command with a collector in its environment", () => {
  it.live("sends its spans and metrics, and no token", () =>
    Effect.gen(function* () {
      const { at, codex, run, sandbox, vault } = yield* makeWorld
      const { origin, texts } = yield* collector
      yield* run(["token", "openai-codex", "--vault", vault, ...codex])
      const traced = { ...at, env: { ...at.env, OTEL_EXPORTER_OTLP_ENDPOINT: origin, OTEL_SERVICE_NAME: "helper" } }
      const refreshed = yield* run(["refresh", "main", ...codex], traced)
      const given = yield* run(["token", "openai-codex", ...codex], traced)
      assert.deepStrictEqual([refreshed.code, given.code, given.stderr], [0, 0, ""])
      const sent = texts.join("\n")
      for (const word of ["Refresher.refresh", "daybook.refreshes", "daybook.tokens.served", `"helper"`]) {
        assert.include(sent, word)
      }
      const tokens = yield* Effect.orDie(sandbox.issuedTokens)
      for (const token of [...tokens, given.stdout.trim()]) assert.notInclude(sent, token)
    })
  )

  it.live("sends what the process has to tell that refreshes for it", () =>
    Effect.gen(function* () {
      const { at, codex, run, sandbox, user } = yield* makeWorld
      const { origin, texts } = yield* collector
      const vault = writeAuth(user, authFile(yield* sandbox.issue({ accessLifetime: 1 })))
      const traced = { ...at, env: { ...at.env, OTEL_EXPORTER_OTLP_ENDPOINT: origin } }
      const given = yield* run(["token", "openai-codex", "--vault", vault, ...codex], traced)
      assert.deepStrictEqual([given.code, given.stderr], [0, ""])
      yield* until(() => texts.some((text) => text.includes("TokenEndpoint.refresh")))
      assert.notInclude(texts.join("\n"), given.stdout.trim())
    })
  )

  it.live("gives a token that had to be refreshed, though the collector never answers", () =>
    Effect.gen(function* () {
      const { at, codex, run, sandbox, user } = yield* makeWorld
      const { origin } = yield* collecting(false)
      const vault = writeAuth(user, authFile(yield* sandbox.issue({ accessLifetime: 1 })))
      const traced = { ...at, env: { ...at.env, OTEL_EXPORTER_OTLP_ENDPOINT: origin } }
      const given = yield* run(["token", "openai-codex", "--vault", vault, ...codex], traced)
      assert.deepStrictEqual([given.code, given.stderr], [0, ""])
      assert.include(yield* Effect.orDie(sandbox.issuedTokens), given.stdout.trim())
    })
  )

  it.live("gives the token all the same when nobody listens there, and says so without the address's secrets", () =>
    Effect.gen(function* () {
      const { at, codex, login, vault } = yield* makeWorld
      const { close, origin } = yield* collector
      close()
      const address = origin.replace("http://", "http://ada:password@")
      const ran = yield* daybook(["token", "openai-codex", "--vault", vault, ...codex], {
        ...at,
        env: { ...at.env, OTEL_EXPORTER_OTLP_ENDPOINT: address }
      })
      assert.deepStrictEqual([ran.code, ran.stdout], [0, `${login.access_token}\n`])
      assert.strictEqual(ran.stderr, `Telemetry does not reach ${origin}: ECONNREFUSED. Tokens are not affected.\n`)
    })
  )
})
