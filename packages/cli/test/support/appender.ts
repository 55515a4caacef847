/** Appends events to a ledger from a process of its own, so many at a time or one by one: `appender.ts FOLDER COUNT [AT_A_TIME]`. */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { CredentialId } from "@daybook/pool/Ids"
import type { Draft } from "@daybook/pool/Recorded"
import { Effect } from "effect"

const [folder = "", count = "0", atATime = "1"] = process.argv.slice(2)

const relabelled = (number: number): Draft => ({
  type: "CredentialRelabelled",
  v: 1,
  credential: CredentialId.make("main"),
  data: { label: `label ${number}` }
})

const append = Effect.gen(function* () {
  const ledger = yield* Ledger
  for (let number = 1; number <= Number(count); number += Number(atATime)) {
    yield* ledger.append(Array.from({ length: Number(atATime) }, (_, place) => relabelled(number + place)))
  }
})

await Effect.runPromise(Effect.provide(append, FileLedger.layer({ folder, program: "appender", version: "1" })))
