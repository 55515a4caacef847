/**
 * Plays worlds and sums them up in one line; ends with 1 if anything was breached.
 *
 *     node packages/refresher/test/simulation/run.ts --worlds 200000 --from 1 [--shard 1/2] [--steps] [--stop]
 *
 * `--shard 1/2` plays every second seed, so that two processes share the work. `--steps` prints what happened. `--stop`
 * ends at the first breach.
 */
import { parseArgs } from "node:util"
import { reportOf } from "./Report.ts"
import { play } from "./Simulation.ts"
import { add, nothing, inWords } from "./Sum.ts"

const { values } = parseArgs({
  options: {
    worlds: { type: "string", default: "2000" },
    from: { type: "string", default: "1" },
    shard: { type: "string", default: "1/1" },
    steps: { type: "boolean", default: false },
    stop: { type: "boolean", default: false }
  }
})

const from = Number(values.from)
const worlds = Number(values.worlds)
const [shard = 1, shards = 1] = values.shard.split("/").map(Number)

/** Failing seeds whose steps are printed; of the others only the number. */
const mostReports = 5

/** How often progress is said, in milliseconds. */
const progressEvery = 10_000

let sum = nothing
let said = Date.now()
for (let seed = from + shard - 1; seed < from + worlds; seed += shards) {
  const result = play(seed)
  sum = add(sum, result)
  if (values.steps) process.stdout.write(`${result.history.join("\n")}\n`)
  if (result.breaches.length > 0) {
    process.stderr.write(sum.failed.length <= mostReports ? `${reportOf(result)}\n` : `seed ${seed} fails too\n`)
    if (values.stop) break
  }
  if (Date.now() - said > progressEvery) {
    said = Date.now()
    process.stderr.write(`seed ${seed}: ${inWords(sum)}\n`)
  }
}
process.stdout.write(`${inWords(sum)}\n`)
process.exitCode = sum.failed.length > 0 ? 1 : 0
