/**
 * The worker program, with a pool that can be stopped at a named step of a refresh.
 */
import { CredentialPool, layer, openAiCodex, providerAt } from "daybook"
import { Effect, ManagedRuntime, Redacted } from "effect"
import { say, serve, settings, type WorkerCommand } from "./Commands.ts"
import { watchSteps } from "./Steps.ts"

const provider = {
  ...providerAt(openAiCodex, settings.origin),
  headers: { "x-sandbox-client": settings.name }
}

let stopping: WorkerCommand | undefined

const runtime = ManagedRuntime.make(layer({ ...settings, providers: [provider] }))
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
