/** Fills the disk it is given with a ledger, makes room, goes on, and prints what it saw. */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { verify } from "@daybook/ledger/Verify"
import { Effect, Stream } from "effect"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { relabelled } from "./Drafts.ts"

const disk = process.argv[2] ?? ""
const ballast = join(disk, "ballast")
const folder = join(disk, "daybook")
const long = relabelled("x".repeat(9_000))

const program = Effect.gen(function* () {
  const ledger = yield* Ledger
  let acknowledged = 0
  const fill = Effect.forever(
    Effect.andThen(
      ledger.append([long]),
      Effect.sync(() => acknowledged++)
    )
  )
  const { message, reason } = yield* Effect.flip(fill)
  const again = yield* Effect.flip(ledger.append([long]))
  rmSync(ballast)
  yield* ledger.append([long])
  const kept = (yield* Stream.runCollect(ledger.read())).filter((event) => event.type === "CredentialRelabelled").length
  return { message, reason, again: again.reason, acknowledged, kept, report: yield* verify(folder) }
})

writeFileSync(ballast, Buffer.alloc(64 * 1024))
const seen = await Effect.runPromise(
  program.pipe(Effect.provide(FileLedger.layer({ folder, program: "filler", version: "1" })))
)
process.stdout.write(JSON.stringify(seen))
