/** Writes a ledger, makes its disk read-only, tries everything, and prints what it saw. */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { verify } from "@daybook/ledger/Verify"
import { Effect } from "effect"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { relabelled } from "./Drafts.ts"

const disk = process.argv[2] ?? ""
const folder = join(disk, "daybook")

const layer = (folder: string, readOnly: boolean) =>
  FileLedger.layer({ folder, program: "reader", version: "1", readOnly })

const append = Ledger.use((ledger) => ledger.append([relabelled("one")]))

const failing = <A, E extends { readonly reason: unknown; readonly message: string }>(effect: Effect.Effect<A, E>) =>
  Effect.map(Effect.flip(effect), ({ message, reason }) => ({ message, reason }))

/** Answers whether the system did it. */
const makeReadOnly = () => spawnSync("mount", ["-o", "remount,ro", disk]).status === 0

const tryWhileOpen = Effect.gen(function* () {
  yield* append
  const isReadOnly = makeReadOnly()
  yield* append
  return isReadOnly
})

const program = Effect.gen(function* () {
  const whileOpen = yield* Effect.provide(tryWhileOpen, layer(folder, false))
  const onceClosed = makeReadOnly()
  const opening = yield* failing(Effect.provide(append, layer(folder, false)))
  const creating = yield* failing(Effect.provide(append, layer(join(disk, "other"), false)))
  const read = yield* Effect.provide(
    Ledger.use((ledger) => ledger.head),
    layer(folder, true)
  )
  return { whileOpen, onceClosed, opening, creating, read, report: yield* verify(folder) }
})

process.stdout.write(JSON.stringify(await Effect.runPromise(program)))
