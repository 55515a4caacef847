/** The program of another process: `seated.ts <path> <seats>` takes so many seats and keeps them until it is killed. */
import * as Seats from "@daybook/files/Seats"
import { Effect } from "effect"
import { once } from "node:events"

const [path = "", count = ""] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const seats = (yield* Seats.open)(path)
  for (let taken = 0; taken < Number(count); taken++) seats.take()
  console.log("seated")
  yield* Effect.promise(() => once(process.stdin, "end"))
})

process.stdin.resume()
await Effect.runPromise(Effect.scoped(program))
