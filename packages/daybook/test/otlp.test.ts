/** Traces and metrics of a pool, as a real collector gets them. */
import { assert, describe, it, vi } from "@effect/vitest"
import { openAiCodex, openPool, providerAt } from "daybook"
import { Effect } from "effect"
import { afterEach } from "vitest"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { readLedger } from "./support/Audit.ts"
import * as Collector from "./support/Collector.ts"
import { environmentOf } from "./support/Environment.ts"
import { inWorld } from "./support/inWorld.ts"
import { patient, type World } from "./support/World.ts"

const provider = "openai-codex"
const slow = 30_000

afterEach(() => vi.unstubAllEnvs())

const environment = (variables: Readonly<Record<string, string>>) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
}

const open = ({ home, sandbox, vault }: World) =>
  openPool({
    home,
    vault,
    providers: [providerAt(openAiCodex, sandbox.origin)],
    policy: patient,
    program: "worker",
    onEvent: () => {}
  })

/** A pool that gave a token, refreshed, found its login dead, and was closed. */
const lived = async (world: World) => {
  const pool = await open(world)
  const first = await pool.getToken(provider, { credential: "main" })
  const second = await pool.getToken(provider, { credential: "main", forceRefresh: true })
  await pool.getToken(provider, { credential: "main" })
  await Effect.runPromise(world.sandbox.revoke({ grant: world.grant }))
  await world.failure(pool.getToken(provider, { credential: "main", failedToken: second.token }))
  await pool.close()
  return [first.token, second.token]
}

describe("with a collector in the environment", () => {
  it.live(
    "spans and metrics arrive when the pool closes, under the service's name",
    () =>
      inWorld(async (world) => {
        await using collector = await Collector.start()
        environment({
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
          OTEL_SERVICE_NAME: "agents",
          OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test%20bench"
        })
        await lived(world)
        for (const resource of collector.resources()) {
          assert.deepInclude(resource, { "service.name": "agents", "deployment.environment.name": "test bench" })
        }
        assert.strictEqual(new Set(collector.resources().map((one) => one["service.instance.id"])).size, 1)
        const names = collector.spans().map(({ name }) => name)
        const count = (name: string) => names.filter((one) => one === name).length
        assert.deepStrictEqual(
          ["CredentialPool.getToken", "Refresher.refresh", "TokenEndpoint.refresh"].map(count),
          [4, 2, 2]
        )
        assert.deepStrictEqual(collector.metric("daybook.tokens.served"), {
          unit: "{token}",
          points: [{ provider, unit: "{token}", value: 3 }]
        })
        assert.deepStrictEqual(collector.metric("daybook.refreshes"), {
          unit: "{refresh}",
          points: [
            { provider, unit: "{refresh}", outcome: "succeeded", value: 1 },
            { provider, unit: "{refresh}", outcome: "terminal", reason: "Revoked", value: 1 }
          ]
        })
        assert.deepStrictEqual(collector.metric("daybook.quarantines"), {
          unit: "{quarantine}",
          points: [{ provider, unit: "{quarantine}", reason: "Revoked", value: 1 }]
        })
      }),
    slow
  )

  it.live(
    "a span carries the correlation and the attempt under which the ledger tells the refresh",
    () =>
      inWorld(async (world) => {
        await using collector = await Collector.start()
        environment({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin })
        await lived(world)
        const told = (await readLedger(world)).flatMap((event) =>
          event.type === "RefreshStarted" ? [{ attempt: event.data.attempt, correlation: event.correlation }] : []
        )
        const shown = collector
          .spans()
          .filter(({ name }) => name === "Refresher.refresh")
          .map(({ attributes: { attempt, correlation } }) => ({ attempt, correlation }))
        assert.strictEqual(told.length, 2)
        assert.deepStrictEqual(shown, told)
      }),
    slow
  )

  it.live(
    "each request of a fetch has a span that says with which credential, and what the API answered",
    () =>
      inWorld(async (world) => {
        await using collector = await Collector.start()
        environment({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.origin}/v1/traces` })
        const pool = await open(world)
        await Effect.runPromise(world.sandbox.expireAccess({ grant: world.grant }))
        const response = await pool.fetch(provider)(`${world.sandbox.origin}/v1/models`)
        assert.strictEqual(response.status, 200)
        await pool.close()
        const spans = collector.spans()
        const use = spans.find(({ name }) => name === "CredentialUse.use")
        const attempts = spans.filter(({ name }) => name === "CredentialUse.attempt")
        const common = { provider, credential: "main", "server.address": "127.0.0.1" }
        assert.deepStrictEqual(
          attempts.map(({ attributes, parentSpanId }) => [parentSpanId, attributes]),
          [
            [use?.spanId, { ...common, sent: 1, answer: "AccessExpired", "http.response.status_code": 401 }],
            [use?.spanId, { ...common, sent: 2, answer: "accepted", "http.response.status_code": 200 }]
          ]
        )
        const sent = collector.sent.map(({ text }) => text).join("\n")
        for (const token of await Effect.runPromise(world.sandbox.issuedTokens)) assert.notInclude(sent, token)
      }),
    slow
  )

  it.live(
    "no byte that is sent holds a token",
    () =>
      inWorld(async (world) => {
        await using collector = await Collector.start()
        environment({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin })
        const served = await lived(world)
        const issued = await Effect.runPromise(world.sandbox.issuedTokens)
        assert.isAbove(collector.sent.length, 1)
        const bytes = collector.sent.map(({ headers, path, text }) => JSON.stringify([path, headers, text])).join("\n")
        assert.include(bytes, "Refresher.refresh")
        for (const token of [...served, ...issued, "sk-manual-key"]) assert.notInclude(bytes, token)
      }),
    slow
  )

  it.live(
    "headers are sent, and a user and password in the address as basic authentication",
    () =>
      inWorld(async (world) => {
        await using collector = await Collector.start()
        environment({
          OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://ada:pass%40word@${collector.host}/v1/traces`,
          OTEL_EXPORTER_OTLP_HEADERS: "x-team=a%20b,X-Key=secret"
        })
        await lived(world)
        assert.deepStrictEqual(new Set(collector.sent.map(({ path }) => path)), new Set(["/v1/traces"]))
        const [{ headers }] = collector.sent as [Collector.Sent]
        assert.strictEqual(headers.authorization, `Basic ${Buffer.from("ada:pass@word").toString("base64")}`)
        assert.deepInclude(headers, { "x-team": "a b", "x-key": "secret", "content-type": "application/json" })
      }),
    slow
  )
})

describe("metrics", () => {
  it.live(
    "are sent while the pool is open, as often as the environment says",
    () =>
      inWorld(async (world) => {
        await using collector = await Collector.start()
        environment({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin, OTEL_METRIC_EXPORT_INTERVAL: "50" })
        await using pool = await open(world)
        await pool.getToken(provider)
        await vi.waitUntil(() => collector.metric("daybook.tokens.served")?.points[0]?.value === 1, 10_000)
      }),
    slow
  )
})

describe("a wrong value in the environment", () => {
  it.live(
    "is named by its variable, is not shown, and breaks nothing",
    () =>
      inWorld(async (world) => {
        using said = vi.spyOn(console, "error").mockImplementation(() => {})
        await using collector = await Collector.start()
        environment({
          OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "ada:password@collector",
          OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${collector.origin}/v1/metrics`,
          OTEL_EXPORTER_OTLP_HEADERS: "header-secret",
          OTEL_METRIC_EXPORT_INTERVAL: "often"
        })
        const pool = await open(world)
        assert.isString((await pool.getToken(provider)).token)
        await pool.close()
        assert.strictEqual(collector.metric("daybook.tokens.served")?.points[0]?.value, 1)
        const words = said.mock.calls.join("\n")
        for (const name of ["TRACES_ENDPOINT", "OTLP_HEADERS", "METRIC_EXPORT_INTERVAL"]) assert.include(words, name)
        for (const secret of ["password", "header-secret"]) assert.notInclude(words, secret)
      }),
    slow
  )
})

describe("a collector that is", () => {
  for (const [how, start, calls] of [
    ["down", "listening", 100],
    ["silent", "silent", 6_500]
  ] as const) {
    it.live(
      `${how} delays no token and breaks none, and a close waits for it briefly; its secrets are not shown`,
      () =>
        inWorld(async (world) => {
          using said = vi.spyOn(console, "error").mockImplementation(() => {})
          const collector = await Collector.start(start)
          if (how === "down") await collector[Symbol.asyncDispose]()
          environment({
            OTEL_EXPORTER_OTLP_ENDPOINT: `http://ada:password@${collector.host}/?key=query-secret`,
            OTEL_EXPORTER_OTLP_HEADERS: "x-key=header-secret"
          })
          const pool = await open(world)
          const tokens = await Promise.all(Array.from({ length: calls }, () => pool.getToken(provider)))
          assert.strictEqual(new Set(tokens.map(({ token }) => token)).size, 1)
          await pool.close()
          const words = said.mock.calls.join("\n")
          for (const secret of ["password", "query-secret", "header-secret"]) assert.notInclude(words, secret)
          if (how === "down") {
            assert.match(words, /Telemetry does not reach http:\/\/127\.0\.0\.1:\d+: ECONNREFUSED/)
          } else {
            assert.match(words, /Telemetry does not reach http:\/\/127\.0\.0\.1:\d+: it does not keep up/)
            assert.isAtMost(collector.sent.length, 4)
            await collector[Symbol.asyncDispose]()
          }
          assert.strictEqual(words.split("Telemetry").length, 2)
        }),
      slow
    )
  }
})

/** The modules that a program of its own loads for a pool. */
const loadedIn = async (world: World, variables: Readonly<Record<string, string>>): Promise<string> => {
  const program = fileURLToPath(new URL("support/loadingProgram.ts", import.meta.url))
  const env = { ...environmentOf(world), ...variables }
  return (await promisify(execFile)(process.execPath, [program], { env, maxBuffer: 1e8 })).stdout
}

describe("without a collector in the environment", () => {
  it.live(
    "nothing that exports is loaded",
    () =>
      inWorld(async (world) => {
        await using collector = await Collector.start()
        const exporters = /effect\/(dist|src)\/observability\//
        assert.match(await loadedIn(world, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin }), exporters)
        assert.notMatch(await loadedIn(world, { OTEL_SERVICE_NAME: "agents" }), exporters)
      }),
    slow
  )

  it.live(
    "nothing is sent",
    () =>
      inWorld(async (world) => {
        environment({ OTEL_EXPORTER_OTLP_ENDPOINT: "", OTEL_SERVICE_NAME: "agents" })
        using sent = vi.spyOn(globalThis, "fetch")
        const pool = await open(world)
        await pool.getToken(provider)
        await pool.close()
        assert.strictEqual(sent.mock.calls.length, 0)
      }),
    slow
  )
})
