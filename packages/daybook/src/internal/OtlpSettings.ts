/**
 * Where traces and metrics go, as OpenTelemetry's environment variables say. A value that is wrong is named by its
 * variable and never shown: addresses and headers may hold a secret. Pure.
 */
import { Redacted } from "effect"
import type { Environment } from "../Home.ts"

export interface OtlpSettings {
  readonly traces: Destination | undefined
  readonly metrics: Destination | undefined
  readonly serviceName: string
  readonly attributes: Readonly<Record<string, string>>
  /** Between two exports of the metrics, in milliseconds. */
  readonly metricInterval: number
  /** For one export, in milliseconds. */
  readonly timeout: number
}

export interface Destination {
  /** Without user and password; it may have a secret in its query all the same. */
  readonly url: Redacted.Redacted<string>
  readonly headers: Redacted.Redacted<Readonly<Record<string, string>>>
  readonly encoding: "json" | "protobuf"
}

export interface Read {
  /** Absent if nothing is to be sent. */
  readonly settings: OtlpSettings | undefined
  readonly warnings: ReadonlyArray<string>
}

type Signal = "TRACES" | "METRICS"

/** `program` is the service's name unless one is given. */
export const readOtlpSettings = (environment: Environment, program: string): Read => {
  const warnings: Array<string> = []
  const warn = (message: string) => void warnings.push(message)
  const get = (name: string) => environment[name]?.trim() || undefined
  if (isTrue(get("OTEL_SDK_DISABLED"))) return { settings: undefined, warnings }
  const [traces, metrics] = (["TRACES", "METRICS"] as const).map((signal) => destination(signal, get, warn))
  if (traces === undefined && metrics === undefined) return { settings: undefined, warnings }
  const { "service.name": named, ...attributes } = pairs("OTEL_RESOURCE_ATTRIBUTES", get, warn)
  const settings: OtlpSettings = {
    traces,
    metrics,
    serviceName: get("OTEL_SERVICE_NAME") ?? named ?? program,
    attributes,
    metricInterval: millis("OTEL_METRIC_EXPORT_INTERVAL", 60_000, get, warn),
    timeout: millis("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000, get, warn)
  }
  return { settings, warnings: [...new Set(warnings)] }
}

type Get = (name: string) => string | undefined
type Warn = (message: string) => void

const isTrue = (value: string | undefined): boolean => value?.toLowerCase() === "true"

const destination = (signal: Signal, get: Get, warn: Warn): Destination | undefined => {
  const address = addressOf(signal, get)
  if (address === undefined || !isExported(signal, get, warn)) return undefined
  const encoding = encodingOf(signal, get, warn)
  if (encoding === undefined) return undefined
  const url = URL.canParse(address.value) ? new URL(address.value) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    warn(
      `${address.name} is no http or https address, such as http://127.0.0.1:4318, so no ${wordFor[signal]} are sent.`
    )
    return undefined
  }
  if (address.isBase) url.pathname = `${url.pathname.replace(/\/$/, "")}/v1/${signal.toLowerCase()}`
  const headers = { ...basic(url), ...headersOf(signal, get, warn) }
  url.username = ""
  url.password = ""
  return { url: Redacted.make(url.href), headers: Redacted.make(headers), encoding }
}

const wordFor: { readonly [S in Signal]: string } = { TRACES: "traces", METRICS: "metrics" }

const addressOf = (signal: Signal, get: Get) => {
  const own = `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`
  const base = "OTEL_EXPORTER_OTLP_ENDPOINT"
  const [forSignal, forAll] = [get(own), get(base)]
  if (forSignal !== undefined) return { name: own, value: forSignal, isBase: false }
  return forAll === undefined ? undefined : { name: base, value: forAll, isBase: true }
}

const isExported = (signal: Signal, get: Get, warn: Warn): boolean => {
  const name = `OTEL_${signal}_EXPORTER`
  const wanted = new Set((get(name) ?? "otlp").split(",").map((one) => one.trim().toLowerCase()))
  if (wanted.has("otlp")) return true
  if (!wanted.has("none"))
    warn(`${name} names no exporter that Daybook has: use otlp or none. No ${wordFor[signal]} are sent.`)
  return false
}

const encodingOf = (signal: Signal, get: Get, warn: Warn): Destination["encoding"] | undefined => {
  const own = `OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`
  const name = get(own) === undefined ? "OTEL_EXPORTER_OTLP_PROTOCOL" : own
  switch (get(name)?.toLowerCase()) {
    case undefined:
    case "http/json":
      return "json"
    case "http/protobuf":
      return "protobuf"
    default:
      warn(
        `${name} names a protocol that Daybook does not speak: use http/json or http/protobuf. No ${wordFor[signal]} are sent.`
      )
      return undefined
  }
}

/** A user and a password in the address are sent as RFC 7617 says. */
const basic = ({ password, username }: URL): Record<string, string> => {
  if (username === "" && password === "") return {}
  const credentials = [username, password].map((part) => decoded(part) ?? part).join(":")
  return { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` }
}

const headersOf = (signal: Signal, get: Get, warn: Warn): Record<string, string> => {
  const own = `OTEL_EXPORTER_OTLP_${signal}_HEADERS`
  const name = get(own) === undefined ? "OTEL_EXPORTER_OTLP_HEADERS" : own
  return Object.fromEntries(
    Object.entries(pairs(name, get, warn)).flatMap(([key, value]) => {
      if (isHeader(key, value)) return [[key.toLowerCase(), value]]
      warn(`${name} holds a header that HTTP does not allow; it is left out.`)
      return []
    })
  )
}

const isHeader = (name: string, value: string): boolean =>
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)

/** `name=value,name=value`, percent-encoded. */
const pairs = (name: string, get: Get, warn: Warn): Record<string, string> =>
  Object.fromEntries(
    (get(name)?.split(",") ?? []).flatMap((entry, index) => {
      if (entry.trim() === "") return []
      const at = entry.indexOf("=")
      const [key, value] = [decoded(entry.slice(0, at).trim()), decoded(entry.slice(at + 1).trim())]
      if (at > 0 && key && value !== undefined) return [[key, value]]
      warn(`Entry ${index + 1} of ${name} is no name=value pair, percent-encoded; it is left out.`)
      return []
    })
  )

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The most that a timer takes. */
const longest = 2 ** 31 - 1

const millis = (name: string, otherwise: number, get: Get, warn: Warn): number => {
  const text = get(name)
  if (text === undefined) return otherwise
  const value = Number(text)
  if (/^\d+$/.test(text) && value > 0 && value <= longest) return value
  warn(`${name} is no number of milliseconds; ${otherwise} is used.`)
  return otherwise
}
