/** What OpenTelemetry's environment variables say, and what is said about those that are wrong. */
import { assert, describe, it } from "@effect/vitest"
import { Redacted } from "effect"
import { inspect } from "node:util"
import { readOtlpSettings } from "../src/internal/OtlpSettings.ts"

const base = { OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector.example/otlp/" }

const read = (environment: Readonly<Record<string, string>>) => {
  const { settings, warnings } = readOtlpSettings(environment, "daybook")
  const shown = (one: NonNullable<typeof settings>["traces"]) =>
    one && { url: Redacted.value(one.url), headers: Redacted.value(one.headers), encoding: one.encoding }
  return { settings, warnings, traces: shown(settings?.traces), metrics: shown(settings?.metrics) }
}

describe("nothing is sent", () => {
  const off: ReadonlyArray<Readonly<Record<string, string>>> = [
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: " " },
    { OTEL_SERVICE_NAME: "agents", OTEL_TRACES_EXPORTER: "otlp" },
    { ...base, OTEL_SDK_DISABLED: "TRUE" },
    { ...base, OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none" }
  ]
  for (const environment of off) {
    it(`where the environment is ${inspect(environment)}`, () => {
      assert.deepStrictEqual(readOtlpSettings(environment, "daybook"), { settings: undefined, warnings: [] })
    })
  }
})

describe("the address", () => {
  it("of all signals is a base, to which each adds its path", () => {
    const { metrics, traces, warnings } = read(base)
    assert.strictEqual(traces?.url, "https://collector.example/otlp/v1/traces")
    assert.strictEqual(metrics?.url, "https://collector.example/otlp/v1/metrics")
    assert.deepStrictEqual(warnings, [])
  })

  it("of one signal is used as it is, and before the other", () => {
    const own = { ...base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/here" }
    assert.strictEqual(read(own).traces?.url, "http://127.0.0.1:4318/here")
    assert.strictEqual(read(own).metrics?.url, "https://collector.example/otlp/v1/metrics")
  })

  it("keeps its query, and gives up its user and password to a header", () => {
    const { traces } = read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://ada:p%3Aw@collector.example/t?key=1" })
    assert.strictEqual(traces?.url, "https://collector.example/t?key=1")
    assert.strictEqual(traces?.headers["authorization"], `Basic ${btoa("ada:p:w")}`)
  })

  it("gives way to a header that says who is asking", () => {
    const { traces } = read({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://ada:pw@collector.example/t",
      OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Bearer%20x"
    })
    assert.strictEqual(traces?.headers["authorization"], "Bearer x")
  })

  it("and the headers are hidden wherever the settings are shown", () => {
    const { settings } = read({
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://ada:user-secret@collector.example/?key=query-secret",
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=header-secret"
    })
    assert.isDefined(settings)
    assert.notMatch(inspect(settings, { depth: 9 }) + JSON.stringify(settings), /secret/)
  })
})

describe("a signal", () => {
  it("can be switched off alone", () => {
    const { metrics, traces } = read({ ...base, OTEL_METRICS_EXPORTER: "none" })
    assert.isDefined(traces)
    assert.isUndefined(metrics)
  })

  it("has headers of its own before the common ones", () => {
    const { metrics, traces } = read({
      ...base,
      OTEL_EXPORTER_OTLP_HEADERS: "a=1",
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: "b=2"
    })
    assert.deepStrictEqual([traces?.headers, metrics?.headers], [{ a: "1" }, { b: "2" }])
  })

  it("is written as JSON, or as protobuf where that is asked for", () => {
    const { metrics, traces } = read({ ...base, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf" })
    assert.deepStrictEqual([traces?.encoding, metrics?.encoding], ["protobuf", "json"])
  })
})

describe("the service", () => {
  it("has the name of its variable, else of its attribute, else of the program", () => {
    const attributes = { ...base, OTEL_RESOURCE_ATTRIBUTES: "service.name=batch,team=a%2Cb" }
    assert.strictEqual(read({ ...attributes, OTEL_SERVICE_NAME: "agents" }).settings?.serviceName, "agents")
    assert.strictEqual(read(attributes).settings?.serviceName, "batch")
    assert.strictEqual(read(base).settings?.serviceName, "daybook")
    assert.deepStrictEqual(read(attributes).settings?.attributes, { team: "a,b" })
  })
})

describe("a wrong value", () => {
  const wrong: ReadonlyArray<readonly [name: string, value: string, isSent: boolean]> = [
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector-secret:4317", false],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://secret@collector", false],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc-secret", false],
    ["OTEL_TRACES_EXPORTER", "secret", true],
    ["OTEL_EXPORTER_OTLP_HEADERS", "secret", true],
    ["OTEL_EXPORTER_OTLP_HEADERS", "a=%secret", true],
    ["OTEL_EXPORTER_OTLP_HEADERS", "a secret=b", true],
    ["OTEL_EXPORTER_OTLP_HEADERS", "a=secret%0A", true],
    ["OTEL_RESOURCE_ATTRIBUTES", "=secret", true],
    ["OTEL_METRIC_EXPORT_INTERVAL", "secret", true],
    ["OTEL_METRIC_EXPORT_INTERVAL", "0", true],
    ["OTEL_METRIC_EXPORT_INTERVAL", "99999999999", true],
    ["OTEL_EXPORTER_OTLP_TIMEOUT", "-5", true]
  ]
  for (const [name, value, isSent] of wrong) {
    it(`of ${name}, such as ${JSON.stringify(value)}, is named and not shown`, () => {
      const { settings, warnings } = read({ ...base, [name]: value })
      assert.isAtLeast(warnings.length, 1)
      for (const warning of warnings) {
        assert.include(warning, name)
        assert.notInclude(warning, "secret")
      }
      assert.strictEqual(settings !== undefined, isSent)
    })
  }

  it("leaves the right ones beside it as they are", () => {
    const { settings, traces } = read({
      ...base,
      OTEL_EXPORTER_OTLP_HEADERS: "a=1,nonsense,b=2",
      OTEL_METRIC_EXPORT_INTERVAL: "often"
    })
    assert.deepStrictEqual(traces?.headers, { a: "1", b: "2" })
    assert.strictEqual(settings?.metricInterval, 60_000)
  })
})
