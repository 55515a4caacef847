/** What a program holds resident does not grow with the number of its calls. */
import { assert, describe, it } from "@effect/vitest"
import { inWorld } from "./support/inWorld.ts"
import { type Deed, residentAfter } from "./support/Memory.ts"

const slow = 120_000

const megabyte = 1024 * 1024

/** How much more memory is held after the last of the calls than after the first. */
const mostMore = 10 * megabyte

/** Requests leave native memory behind that only a collection frees, so there is one every few hundred of them. */
const often = Array.from({ length: 5 }, (_, index) => 1_000 + index * 250)

const cases: ReadonlyArray<{ readonly deed: Deed; readonly marks: ReadonlyArray<number> }> = [
  { deed: "getToken", marks: [10_000, 100_000] },
  { deed: "fetch", marks: often }
]

describe("a program that calls all the time", () => {
  for (const { deed, marks } of cases) {
    const [first, last] = [Math.min(...marks), Math.max(...marks)]
    it.live(
      `holds after ${last} calls of ${deed} at most 10 MB more than after ${first}`,
      () =>
        inWorld(async (world) => {
          const held = await residentAfter(world, deed, marks)
          const more = (held.at(-1) ?? Number.NaN) - (held[0] ?? Number.NaN)
          process.stdout.write(
            `${deed}: ${(more / megabyte).toFixed(1)} MB more after ${last} calls than after ${first}\n`
          )
          assert.isAtMost(more, mostMore)
        }),
      slow
    )
  }
})
