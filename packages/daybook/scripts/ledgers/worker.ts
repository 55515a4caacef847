/**
 * A program with a pool of its own, told over its channel what to do, and there to be killed. Only its clock is moved.
 */
import type { CredentialId } from "@daybook/pool/Ids"
import { CredentialPool, CredentialUse, defaultProviders, layer, Operator, providerAt } from "daybook"
import { Effect, ManagedRuntime, Redacted } from "effect"
import { host } from "./Machine.ts"
import type { Command, Order, Settings, Told } from "./Messages.ts"
import { setAhead } from "./MovedClock.ts"

const settings = JSON.parse(process.argv[2] ?? "{}") as Settings
setAhead(settings.ahead)

const providers = defaultProviders.map((provider) => {
  const here = providerAt(provider, settings.origin)
  return { ...here, headers: { ...here.headers, "x-sandbox-client": settings.name } }
})

const runtime = ManagedRuntime.make(
  layer({
    home: settings.home,
    vault: settings.vault,
    recoverFrom: [{ kind: "codex-cli", path: settings.codexFile }],
    policy: settings.policy,
    program: settings.name,
    host,
    providers,
    onEvent: () => {}
  })
)

const callOnce = (provider: string, { credential, model }: { credential?: string; model?: string }) =>
  Effect.flatMap(CredentialUse, (uses) =>
    uses.use(provider, { credential, model }, (token) =>
      Effect.gen(function* () {
        const response = yield* Effect.promise(() => ask(Redacted.value(token.token), model))
        const body = yield* Effect.promise(() => response.text())
        const answer = { status: response.status, headers: Object.fromEntries(response.headers), body }
        const verdict = yield* uses.report(token, model === undefined ? answer : { ...answer, model })
        return { value: `${token.credential} ${response.status}`, verdict }
      })
    )
  )

const ask = (token: string, model = "sandbox-1"): Promise<Response> =>
  fetch(`${settings.origin}/v1/responses`, {
    method: "POST",
    redirect: "manual",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "x-sandbox-client": settings.name
    },
    body: JSON.stringify({ model, input: "hello" })
  })

const perform = (order: Order) =>
  Effect.gen(function* () {
    switch (order.do) {
      case "call":
        return yield* callOnce(order.provider, order)
      case "token":
        return (yield* (yield* CredentialPool).getToken(order.provider, order)).credential
      case "refresh":
        return (yield* (yield* CredentialPool).refresh(order.credential)).credential
      case "move":
        setAhead(order.ahead)
        return "moved"
      case "close":
        return "closing"
      default:
        yield* (yield* Operator)[order.do](order.credential as CredentialId)
        return order.do
    }
  })

const failureOf = (error: unknown): string => {
  const { _tag, message, reason } = error as { _tag?: string; message?: string; reason?: { reason?: string } }
  return [_tag, reason?.reason].filter((word) => word !== undefined).join(" ") || String(message)
}

const obey = async ({ id, ...order }: Command): Promise<void> => {
  const told: Told = await runtime.runPromise(perform(order)).then(
    (done) => ({ id, done }),
    (error: unknown) => ({ id, failed: failureOf(error) })
  )
  process.send?.(told)
  if (order.do !== "close") return
  await runtime.dispose()
  process.disconnect()
}

process.on("message", (command) => void obey(command as Command))
process.once("disconnect", () => process.exit()) // the recorder is gone
await runtime.runPromise(CredentialPool)
process.send?.("ready")
