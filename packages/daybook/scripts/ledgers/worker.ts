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

const call = (provider: string) =>
  Effect.flatMap(CredentialUse, (uses) =>
    uses.use(provider, {}, (token) =>
      Effect.gen(function* () {
        const answer = yield* Effect.promise(() => ask(Redacted.value(token.token)))
        const verdict = yield* uses.report(token, answer)
        return { value: `${token.credential} ${answer.status}`, verdict }
      })
    )
  )

const ask = async (token: string) => {
  const response = await fetch(`${settings.origin}/v1/responses`, {
    method: "POST",
    redirect: "manual",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "x-sandbox-client": settings.name
    },
    body: JSON.stringify({ model: "sandbox-1", input: "hello" })
  })
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
}

const perform = (order: Order) =>
  Effect.gen(function* () {
    switch (order.do) {
      case "call":
        return yield* call(order.provider)
      case "renew":
        return (yield* (yield* CredentialPool).getToken(order.provider, { forceRefresh: true })).credential
      case "refresh":
        return (yield* (yield* CredentialPool).refresh(order.credential)).credential
      case "revive":
        yield* (yield* Operator).revive(order.credential as CredentialId)
        return "revived"
      case "move":
        setAhead(order.ahead)
        return "moved"
      case "close":
        return "closing"
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
