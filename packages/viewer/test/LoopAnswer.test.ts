/** Loops as the page draws them: their turns, and how much of a ledger is read for them. */
import { answers } from "@daybook/viewer/answers/Answers"
import { assert, describe, it } from "vitest"
import { readingBy } from "./support/FileSource.ts"
import { contextOf, cursorAt, open } from "./support/Recordings.ts"
import { Story } from "./support/Story.ts"

const typesOf = (steps: ReadonlyArray<{ readonly type: string }>) => steps.map(({ type }) => type)

/** A login that is refreshed every two minutes. */
const storm = (refreshes: number, quiet = 0): Story => {
  const story = new Story()
  for (let number = 1; number <= quiet + refreshes; number++)
    story.after(number > quiet ? 120 : 3_400).refreshed(number)
  return story
}

describe("a turn", () => {
  it("is what happened from one iteration to the next", async () => {
    const bench = await open("token-invalidated-hourly")
    const [reentry] = await answers.loops(bench, { at: bench.end })
    assert.deepStrictEqual(typesOf(reentry?.turn ?? []), [
      "SelectionExhausted",
      "ApiOutcomeObserved",
      "ErrorClassified",
      "CooldownStarted"
    ])
    const revived = await open("revived-every-hour")
    const [flapping] = await answers.loops(revived, { at: revived.end })
    assert.deepStrictEqual(typesOf(flapping?.turn ?? []), [
      "StoreCleared",
      "QuarantineLifted",
      "RefreshStarted",
      "RefreshFailed",
      "ErrorClassified",
      "CredentialQuarantined"
    ])
  })

  it("is of the loop as it was at the cursor", async () => {
    const context = await open("token-invalidated-hourly")
    const [loop] = await answers.loops(context, { at: await cursorAt(context, "25") })
    assert.isBelow(Math.max(...(loop?.turn ?? []).map(({ seq }) => seq)), 26)
  })
})

describe("a loop", () => {
  it("says what would stop it, what it cost and who took part", async () => {
    const context = await open("token-invalidated-hourly")
    const [loop] = await answers.loops(context, { at: context.end })
    assert.deepStrictEqual([loop?.actors, loop?.wasted, loop?.isRunning], [["agent[5376]"], 6, true])
    assert.match(loop?.remedy ?? "", /^Log in to OpenAI Codex again/)
  })

  it("is told beside its credential as in the list of all, however many generations it lasts", async () => {
    const story = storm(300)
    const context = await contextOf(story.source())
    const [listed] = await answers.loops(context, { at: context.end })
    const { loop } = await answers.why(context, { credential: "main", at: context.end })
    assert.deepStrictEqual(loop, listed)
    assert.isAbove(loop?.iterations ?? 0, 250)
  })

  it("of a long ledger is read only as far back as it began", async () => {
    const source = storm(10, 2_000).source()
    const context = await contextOf(source)
    const { loop } = await answers.why(context, { credential: "main", at: context.end })
    assert.strictEqual(loop?.kind, "refresh-storm")
    assert.isAbove(Math.min(...source.asked.map(({ from }) => from)), 2_000)
  })

  it("that something broke is not the one that a credential is in", async () => {
    const context = await open("killed-again-and-again")
    const listed = await answers.loops(context, { at: context.end })
    assert.strictEqual(listed.length, 1)
    assert.isUndefined((await answers.why(context, { credential: "main", at: context.end })).loop)
  })
})

describe("the loops of a ledger", () => {
  const read = (asked: ReadonlyArray<{ readonly from: number; readonly names?: unknown }>) =>
    asked.filter(({ names }) => names === undefined).map(({ from }) => from)

  it("are looked for at a later cursor from the last one on, and at an earlier one anew", async () => {
    const source = storm(20).source()
    const context = await contextOf(source)
    const at = (seq: number) => cursorAt(context, String(seq))
    const alone = async (seq: number) => {
      const fresh = await contextOf(storm(20).source())
      return answers.loops(fresh, { at: await cursorAt(fresh, String(seq)) })
    }
    for (const seq of [30, 40, 20]) {
      assert.deepStrictEqual(await answers.loops(context, { at: await at(seq) }), await alone(seq))
    }
    assert.deepStrictEqual(read(source.asked), [1, 31, 1])
  })

  it("are the same for all who ask at once", async () => {
    const context = await contextOf(storm(20).source())
    const [one, other] = await Promise.all([
      answers.loops(context, { at: context.end }),
      answers.loops(context, { at: context.end })
    ])
    const alone = await contextOf(storm(20).source())
    assert.deepStrictEqual([one, other], Array(2).fill(await answers.loops(alone, { at: alone.end })))
  })

  it("are the same after a reading that broke off in the middle", async () => {
    const source = storm(20).source()
    const context = await contextOf(source)
    const whole = await answers.loops(await contextOf(storm(20).source()), { at: context.end })
    let taken = 0
    const reading = readingBy(source, (range, take) =>
      source.events(range, (event) => {
        if (++taken === 15) throw new Error("the server does not answer")
        take(event)
      })
    )
    const breaking = { ...context, source: reading }
    const broken = await answers.loops(breaking, { at: context.end }).then(() => "it was answered", String)
    assert.match(broken, /does not answer/)
    assert.deepStrictEqual(await answers.loops(breaking, { at: context.end }), whole)
  })
})
