/**
 * A collector on loopback that keeps what it is sent (OTLP over HTTP, JSON), or takes it and never answers.
 */
import { once } from "node:events"
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"

export interface Sent {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

interface KeyValue {
  readonly key: string
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string }
}

interface Resource {
  readonly attributes: ReadonlyArray<KeyValue>
}

interface Traces {
  readonly resourceSpans: ReadonlyArray<{
    readonly resource: Resource
    readonly scopeSpans: ReadonlyArray<{
      readonly spans: ReadonlyArray<{
        readonly name: string
        readonly spanId: string
        readonly parentSpanId?: string
        readonly attributes: ReadonlyArray<KeyValue>
      }>
    }>
  }>
}

interface Point {
  readonly attributes: ReadonlyArray<KeyValue>
  readonly asDouble?: number
  readonly count?: number
}

interface Metrics {
  readonly resourceMetrics: ReadonlyArray<{
    readonly resource: Resource
    readonly scopeMetrics: ReadonlyArray<{
      readonly metrics: ReadonlyArray<{
        readonly name: string
        readonly unit: string
        readonly sum?: { readonly dataPoints: ReadonlyArray<Point> }
        readonly histogram?: { readonly dataPoints: ReadonlyArray<Point> }
      }>
    }>
  }>
}

export interface Measured {
  readonly unit: string
  readonly points: ReadonlyArray<Readonly<Record<string, string | number | undefined>>>
}

/** `silent` never answers. */
export const start = async (how: "listening" | "silent" = "listening") => {
  const sent: Array<Sent> = []
  const server = createServer((request, response) => {
    const chunks: Array<Uint8Array> = []
    request.on("data", (chunk: Uint8Array) => chunks.push(chunk))
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString()
      sent.push({ path: request.url ?? "", headers: request.headers, text })
      if (how === "listening") response.writeHead(200, { "content-type": "application/json" }).end("{}")
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const at = (path: string) => sent.filter((one) => one.path === path)
  const traces = () => at("/v1/traces").map(({ text }) => JSON.parse(text) as Traces)
  const metrics = () => at("/v1/metrics").map(({ text }) => JSON.parse(text) as Metrics)
  return {
    host: `127.0.0.1:${port}`,
    origin: `http://127.0.0.1:${port}`,
    sent,
    resources: () =>
      [
        ...traces().flatMap(({ resourceSpans }) => resourceSpans),
        ...metrics().flatMap(({ resourceMetrics }) => resourceMetrics)
      ].map(({ resource }) => plain(resource.attributes)),
    spans: () =>
      traces()
        .flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans))
        .flatMap(({ spans }) => spans.map((span) => ({ ...span, attributes: plain(span.attributes) }))),
    /** As it was sent last. */
    metric: (name: string): Measured | undefined =>
      (metrics().at(-1)?.resourceMetrics ?? [])
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
        .filter((metric) => metric.name === name)
        .map(({ histogram, sum, unit }) => ({
          unit,
          points: [...(sum?.dataPoints ?? []), ...(histogram?.dataPoints ?? [])].map((point) => ({
            ...plain(point.attributes),
            value: point.asDouble ?? point.count
          }))
        }))
        .at(0),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    }
  }
}

const plain = (attributes: ReadonlyArray<KeyValue>): Readonly<Record<string, string | number | undefined>> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]))
