/** What a ledger says, read as anybody may read it. */
import { layer as fileLedger } from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import type { EventType } from "@daybook/pool/Event"
import type { Recorded } from "@daybook/pool/Recorded"
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { Effect, Layer, Option, Stream } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"

/** The first event of a type, once it is there. */
export const firstOf = (home: string, type: EventType) =>
  Effect.gen(function* () {
    const ledger = yield* Ledger
    return Option.getOrThrow(yield* Stream.runHead(Stream.filter(ledger.tail(), (event) => event.type === type)))
  }).pipe(
    Effect.provide(
      Layer.provide(fileLedger({ folder: home, program: "test", version: "0", readOnly: true }), nodeServices)
    )
  )

export const eventsIn = (home: string): ReadonlyArray<Recorded> =>
  readFileSync(join(home, "ledger.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))

export const typesIn = (home: string): ReadonlyArray<Recorded["type"]> => eventsIn(home).map(({ type }) => type)

/** The process that wrote an event, as it introduced itself. */
export const pidOf = (home: string, { actor }: Pick<Recorded, "actor">): number | undefined => {
  const joined = eventsIn(home).find((event) => event.actor === actor && event.type === "ActorJoined")
  return joined?.type === "ActorJoined" ? joined.data.pid : undefined
}
