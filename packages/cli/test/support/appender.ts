/** Appends events to a ledger, one by one, from a process of its own: `appender.ts FOLDER COUNT`. */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { CredentialId } from "@daybook/pool/Ids"
import { Effect } from "effect"

const [folder = "", count = "0"] = process.argv.slice(2)

const append = Effect.gen(function* () {
  const ledger = yield* Ledger
  for (let number = 1; number <= Number(count); number++) {
    yield* ledger.append([
      { type: "CredentialRelabelled", v: 1, credential: CredentialId.make("main"), data: { label: `label ${number}` } }
    ])
  }
})

await Effect.runPromise(Effect.provide(append, FileLedger.layer({ folder, program: "appender", version: "1" })))
