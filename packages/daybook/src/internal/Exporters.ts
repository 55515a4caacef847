/** Sends traces and metrics to a collector (OTLP over HTTP). Loaded only where the environment asks for it. */
import { ConfigProvider, Effect, Layer, Metric, Redacted } from "effect"
import * as HttpClient from "effect/http/HttpClient"
import * as OtlpMetrics from "effect/observability/OtlpMetrics"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import * as OtlpTracer from "effect/observability/OtlpTracer"
import * as Collector from "./Collector.ts"
import type { Destination, OtlpSettings } from "./OtlpSettings.ts"

/** What a close waits for a collector, at most. */
const shutdownTimeout = "1 second"

/** A tracer, and a registry of metrics of its own: what else the program measures is the program's to export. */
export const layer = (settings: OtlpSettings): Layer.Layer<never> =>
  Layer.unwrap(
    Effect.map(Collector.make(settings.timeout), ({ client, close }) =>
      Layer.effectDiscard(Effect.addFinalizer(() => close)).pipe(
        Layer.provideMerge(exporters(settings)),
        Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
        Layer.provideMerge(Layer.succeed(Metric.MetricRegistry, new Map())),
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({})))
      )
    )
  )

const exporters = ({ attributes, metricInterval, metrics, serviceName, traces }: OtlpSettings) => {
  const resource = { serviceName, attributes: { "service.instance.id": crypto.randomUUID(), ...attributes } }
  const common = { resource, shutdownTimeout } as const
  return Layer.mergeAll(
    traces === undefined ? Layer.empty : encoded(traces, OtlpTracer.layer({ ...common, ...revealed(traces) })),
    metrics === undefined
      ? Layer.empty
      : encoded(metrics, OtlpMetrics.layer({ ...common, ...revealed(metrics), exportInterval: metricInterval }))
  )
}

const revealed = ({ headers, url }: Destination) => ({ url: Redacted.value(url), headers: Redacted.value(headers) })

const encoded = <A, E, R>({ encoding }: Destination, layer: Layer.Layer<A, E, R>) =>
  Layer.provide(layer, encoding === "json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf)
