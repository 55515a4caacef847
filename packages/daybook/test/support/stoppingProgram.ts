/**
 * The worker program, with a pool that can be stopped at a named step of a refresh.
 */
import { CredentialPool, layer, openAiCodex, providerAt } from "daybook"
import { Effect, Layer, Logger, ManagedRuntime, Redacted } from "effect"
import { say, serve, settings, type WorkerCommand } from "./Commands.ts"
import { watchSteps } from "./Steps.ts"

const provider = {
  ...providerAt(openAiCodex, settings.origin),
  headers: { "x-sandbox-client": settings.name }
}

let stopping: WorkerCommand | undefined

/** Standard output is for answers. */
const warnings = Logger.layer([Logger.withConsoleError(Logger.formatSimple)])

const runtime = ManagedRuntime.make(Layer.provideMerge(layer({ ...settings, providers: [provider] }), warnings))
watchSteps(await runtime.context(), (step) =>
  Effect.suspend(() => {
    if (stopping?.stopAt !== step) return Effect.void
    say({ id: stopping.id, stoppedAt: step })
    return Effect.never
  })
)

await serve(async (command) => {
  const { credential, failedToken, stopAt } = command
  if (stopAt !== undefined) stopping = command
  const request = { ...(credential && { credential }), ...(failedToken && { failedToken: Redacted.make(failedToken) }) }
  const { token } = await runtime.runPromise(CredentialPool.use((pool) => pool.getToken("openai-codex", request)))
  return Redacted.value(token)
})
await runtime.dispose()
