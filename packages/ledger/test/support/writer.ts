/**
 * A writer process. Says when it is loaded, and begins when it is told to. Appends durable events one after another, a
 * few at a time, and notes the id of each in a file of its own as soon as it is acknowledged. Arguments: folder, file for
 * acknowledged ids, length of a segment, how many events (none: until it is killed).
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { EventId } from "@daybook/pool/Ids"
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { openSync, writeSync } from "node:fs"
import { SegmentBytes } from "../../src/internal/Seal.ts"
import { relabelled } from "./Drafts.ts"

const [folder = "", acknowledged = "", segmentBytes, count] = process.argv.slice(2)
const notes = openSync(acknowledged, "a")

const appendOne = Effect.gen(function* () {
  const ledger = yield* Ledger
  const id = EventId.make(randomUUID())
  yield* ledger.append([{ ...relabelled("x".repeat(Math.random() * 2_000)), id }])
  writeSync(notes, `${id}\n`)
})

const appendAll =
  count === undefined
    ? Effect.all(
        Array.from({ length: 4 }, () => Effect.forever(appendOne)),
        { concurrency: "unbounded" }
      )
    : Effect.forEach(Array.from({ length: Number(count) }), () => appendOne, { concurrency: 4 })

process.stdout.write("loaded\n")
await once(process.stdin, "data")
process.stdin.destroy()
await Effect.runPromise(
  appendAll.pipe(
    Effect.provide(FileLedger.layer({ folder, program: "writer", version: "1" })),
    Effect.provideService(SegmentBytes, Number(segmentBytes))
  )
)
