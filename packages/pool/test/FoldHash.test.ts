import { assert, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { command, hashOf, output, render, sources } from "../scripts/FoldSources.ts"

it("the name of the fold is that of its sources", () => {
  assert.isTrue(readFileSync(output, "utf8") === render(), `src/FoldHash.ts is out of date; run: ${command}`)
})

it("all that reading, folding and keeping a state rest on is among them, and the name itself is not", () => {
  const names = Array.from(sources().keys())
  for (const name of ["Event.ts", "Evolve.ts", "Instant.ts", "PoolState.ts", "Recorded.ts", "StateSnapshot.ts"]) {
    assert.include(names, name)
  }
  for (const name of ["events/UseEvents.ts", "internal/evolveHealth.ts", "internal/lineageColumns.ts"]) {
    assert.include(names, name)
  }
  assert.notInclude(names, "FoldHash.ts")
  assert.notInclude(names, "queries/Status.ts")
})

it("a change of one character in any of them, or another name, is another hash", () => {
  const before = sources()
  for (const [name, text] of before) {
    assert.notStrictEqual(hashOf(new Map(before).set(name, `${text} `)), hashOf(before), name)
  }
  assert.notStrictEqual(hashOf(new Map(before).set("Other.ts", "")), hashOf(before))
})
