/**
 * A process of racers. Takes races from its input, a line of JSON each, and answers each with a line: what its racers did.
 * Several may be under way. Arguments: folder, number of racers.
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { Context, Effect, Layer, Scope } from "effect"
import { createInterface } from "node:readline"
import { race, type Start } from "./Race.ts"

const [folder = "", racers] = process.argv.slice(2)
const layer = FileLedger.layer({ folder, program: "racer", version: "1" })
const services = await Effect.runPromise(Layer.buildWithScope(layer, Scope.makeUnsafe()))
const ledger = Context.get(services, Ledger)

const answer = async (start: Start): Promise<void> => {
  const operations = await Effect.runPromise(race(ledger, start, Number(racers)))
  process.stdout.write(`${JSON.stringify({ start, operations })}\n`)
}

for await (const line of createInterface(process.stdin)) {
  answer(JSON.parse(line) as Start).catch((cause: unknown) => {
    throw cause
  })
}
