/**
 * Records the ledgers of examples/ledgers anew, and their page: all of them, or those whose names are given.
 *
 *   node packages/daybook/scripts/record-ledgers.ts [NAME...]
 *
 * README and docs quote what is answered of some of them, with ids and times; packages/daybook/test/docs.test.ts says where.
 */
import { Console, Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { page } from "./ledgers/Page.ts"
import { record, recordings } from "./ledgers/Recording.ts"
import { scenarios } from "./ledgers/scenarios.ts"

const names = process.argv.slice(2)
const chosen = names.length === 0 ? scenarios : scenarios.filter(({ name }) => names.includes(name))

const recordAll = Effect.forEach(chosen, (scenario) => Effect.flatMap(record(scenario), Console.log), { discard: true })

await Effect.runPromise(
  Effect.catchTag(recordAll, "OffScript", ({ message }) =>
    Effect.andThen(
      Console.error(message),
      Effect.sync(() => void (process.exitCode = 1))
    )
  )
)
writeFileSync(join(recordings, "README.md"), page(scenarios))
