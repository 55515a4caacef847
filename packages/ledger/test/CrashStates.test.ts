/**
 * Power cuts, all of them: what a writer asks of the disk is recorded, and after each call everything that the disk may
 * hold by then is put into a folder and opened. `DAYBOOK_CRASH_STATES=all` is the long form: finer cuts, and any choice of
 * lost sectors.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { check } from "./support/CrashCheck.ts"
import { type Fault, type Image, imagesOf } from "./support/CrashImages.ts"
import { record } from "./support/CrashRun.ts"

const isLong = process.env["DAYBOOK_CRASH_STATES"] === "all"

const timeout = isLong ? 3_600_000 : 240_000

/** Less would mean that the enumeration has lost its way. */
const fewest: Record<Fault, number> = { none: 15, cut: 150, zeroed: 150, stale: 120 }

describe("a power cut at any moment", () => {
  const runs = [
    { kept: "with nothing beside the segments", snapshotEvery: Infinity, cutEvery: isLong ? 3 : 512 },
    { kept: "with index and snapshots as they were then", snapshotEvery: 1024, cutEvery: isLong ? 23 : 1024 }
  ]
  for (const { cutEvery, kept, snapshotEvery } of runs) {
    it.effect(
      `loses nothing that was acknowledged, shows nothing that was not written, and stops no writer, ${kept}`,
      () =>
        Effect.gen(function* () {
          const run = yield* record(snapshotEvery)
          const twin = yield* record(snapshotEvery)
          const images = imagesOf(run.steps, twin.steps, { cutEvery, anySectors: isLong })
          assertMany(images)
          assert.isAtLeast(run.seals, 2)
          const problems = yield* Effect.forEach(images, (image) => check(image, run))
          assert.deepStrictEqual(problems.flat().slice(0, 10), [])
        }),
      timeout
    )
  }
})

const assertMany = (images: ReadonlyArray<Image>): void => {
  for (const fault of ["none", "cut", "zeroed", "stale"] as const) {
    assert.isAtLeast(images.filter((image) => image.fault === fault).length, fewest[fault], fault)
  }
  assert.isAtLeast(images.filter((image) => image.losesNames).length, 100, "lost names")
}
