/**
 * A process that appends some events one after another, each durable, to a ledger of small segments, and then prints
 * their ids as JSON. Arguments: folder, how many.
 */
import { Effect } from "effect"
import { write } from "./Small.ts"

const [folder = "", count] = process.argv.slice(2)
const events = await Effect.runPromise(write(folder, Number(count)))
process.stdout.write(JSON.stringify(events.map((event) => event.id)))
