/** The program of another process: `tallied.ts <path> <count>` counts so many and stays there until it is killed. */
import * as Tally from "@daybook/files/Tally"
import { Effect } from "effect"
import { once } from "node:events"

const [path = "", count = ""] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const tally = (yield* Tally.open)(path)
  for (let counted = 0; counted < Number(count); counted++) tally.add()
  console.log("counted")
  yield* Effect.promise(() => once(process.stdin, "end"))
})

process.stdin.resume()
await Effect.runPromise(Effect.scoped(program))
