/** The program of another process: `reserver.ts <home> <consumed> <grant>` reserves in the stash and commits when told. */
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { GrantId } from "@daybook/pool/Ids"
import { Stash } from "@daybook/vault/Stash"
import { Effect, Redacted } from "effect"
import { once } from "node:events"

const [home = "", consumed = "", grant = ""] = process.argv.slice(2)

const told = Effect.promise(() => once(process.stdin, "data"))
const print = (line: string) => Effect.sync(() => console.log(line))

const program = Effect.gen(function* () {
  const stash = yield* Stash
  const reservation = yield* stash.reserve(Fingerprint.make(consumed))
  yield* print("reserved")
  yield* told
  yield* reservation.commit(
    { access: Redacted.make("access-2"), refresh: Redacted.make("refresh-2") },
    { grant: GrantId.make(grant), provider: "openai-codex" }
  )
  yield* print("committed")
  yield* told
})

Effect.runFork(program.pipe(Effect.scoped, Effect.provide(Stash.layer(home))))
