/**
 * Traces and metrics to a collector, switched on by OpenTelemetry's usual environment variables. Where they name no
 * collector, nothing is loaded and nothing is sent.
 */
import { Effect, Layer } from "effect"
import type { Environment } from "./Home.ts"
import { readOtlpSettings } from "./internal/OtlpSettings.ts"

/** For a program that is Daybook's own; `program` names the service, unless the environment does. */
export const layer = (program: string, environment: Environment = process.env): Layer.Layer<never> => {
  const { settings, warnings } = readOtlpSettings(environment, program)
  const said = Layer.effectDiscard(Effect.forEach(warnings, (warning) => Effect.logWarning(warning), { discard: true }))
  return settings === undefined ? said : Layer.merge(said, exporting(settings))
}

const exporting = (settings: NonNullable<ReturnType<typeof readOtlpSettings>["settings"]>) =>
  Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("./internal/Exporters.ts")),
      (exporters) => exporters.layer(settings)
    )
  )
