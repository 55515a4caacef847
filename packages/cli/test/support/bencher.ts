/** Enrols an API key and benches it until an instant, from a process of its own: `bencher.ts FOLDER UNTIL`. */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { CredentialId, GrantId } from "@daybook/pool/Ids"
import { Effect } from "effect"

const [folder = "", until = "0"] = process.argv.slice(2)

const about = { v: 1, credential: CredentialId.make("main") } as const

const bench = Effect.gen(function* () {
  const ledger = yield* Ledger
  yield* ledger.append([
    {
      ...about,
      type: "CredentialEnrolled",
      data: {
        provider: "openai",
        kind: "apiKey",
        grant: GrantId.make("01920001-0000-7000-8000-000000000001"),
        priority: 0,
        source: "manual",
        ownership: "owned",
        store: { kind: "own", path: "/logins", slot: "main" }
      }
    }
  ])
  yield* ledger.append([{ ...about, type: "CooldownStarted", data: { until: Number(until), reason: "RateLimited" } }])
})

await Effect.runPromise(Effect.provide(bench, FileLedger.layer({ folder, program: "bencher", version: "1" })))
