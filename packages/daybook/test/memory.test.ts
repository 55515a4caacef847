/** What a program holds resident does not grow with the number of its calls. */
import { assert, describe, it } from "@effect/vitest"
import { inWorld } from "./support/inWorld.ts"
import { type Deed, type Held, heldAfter } from "./support/Memory.ts"

const slow = 120_000

const megabyte = 1024 * 1024

/** How much more is held after the last of the calls than after the first, by the system's account and by V8's. */
const most = { resident: 10 * megabyte, heap: megabyte / 2 }

/** Requests leave native memory behind that only a collection frees, so there is one every few hundred of them. */
const often = Array.from({ length: 4 }, (_, index) => 750 + index * 250)

const cases: ReadonlyArray<{ readonly deed: Deed; readonly marks: ReadonlyArray<number> }> = [
  { deed: "getToken", marks: [10_000, 100_000] },
  { deed: "fetch", marks: often }
]

const inMegabytes = (bytes: number): string => `${(bytes / megabyte).toFixed(2)} MB`

describe("a program that calls all the time", () => {
  for (const { deed, marks } of cases) {
    const [first, last] = [Math.min(...marks), Math.max(...marks)]
    it.live(
      `holds after ${last} calls of ${deed} at most 10 MB more than after ${first}`,
      () =>
        inWorld(async (world) => {
          const held = await heldAfter(world, deed, marks)
          const more = (what: keyof Held) => (held.at(-1)?.[what] ?? Number.NaN) - (held[0]?.[what] ?? Number.NaN)
          const [resident, heap] = [more("resident"), more("heap")]
          process.stdout.write(
            `${deed}: ${inMegabytes(resident)} more are resident, ${inMegabytes(heap)} in the heap\n`
          )
          assert.isAtMost(resident, most.resident)
          assert.isAtMost(heap, most.heap)
        }),
      slow
    )
  }
})
