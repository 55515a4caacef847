/** `leaseProgram.ts <home> <credential>...` takes a lease on each, says so, and keeps them until it is killed. */
import { CredentialId } from "@daybook/pool/Ids"
import { defaults } from "@daybook/pool/Policy"
import { Leases } from "@daybook/refresher/Leases"
import { PoolPolicy } from "@daybook/refresher/PoolPolicy"
import { Effect, Layer } from "effect"
import { once } from "node:events"

const [home = "", ...credentials] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const leases = yield* Leases
  for (const credential of credentials) leases.hold(CredentialId.make(credential))
  console.log("leased")
  yield* Effect.promise(() => once(process.stdin, "end"))
})

const layer = Leases.layer(home).pipe(Layer.provide(Layer.succeed(PoolPolicy, { ...defaults, leaseMost: 1 })))

process.stdin.resume()
await Effect.runPromise(Effect.scoped(Effect.provide(program, layer)))
