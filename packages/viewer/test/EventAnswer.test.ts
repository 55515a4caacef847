/** What the page tells of one event. */
import { answers } from "@daybook/viewer/answers/Answers"
import { Refused } from "@daybook/viewer/answers/Refused"
import { assert, describe, it } from "vitest"
import { contextOf, open } from "./support/Recordings.ts"
import { about, Story } from "./support/Story.ts"

const seqsOf = (steps: ReadonlyArray<{ readonly seq: number }>) => steps.map(({ seq }) => seq)

const refusalOf = async (answer: Promise<unknown>): Promise<string> => {
  const error = await answer.then(
    () => assert.fail("it was answered"),
    (reason: unknown) => reason
  )
  assert.instanceOf(error, Refused)
  return error.message
}

describe("an event", () => {
  it("comes with what led to it, from the root on, and with what came of it", async () => {
    const context = await open("token-invalidated-hourly")
    const { causes, effects, step } = await answers.event(context, { seq: 8 })
    assert.strictEqual(step.sentence, "agent[5376] took that for GrantRevoked (rule api/codes/token_revoked).")
    assert.deepStrictEqual(seqsOf(causes), [5, 7, 8])
    assert.deepStrictEqual(seqsOf(effects), [9])
  })

  it("has its line as it stands, and each value of its data", async () => {
    const context = await open("token-invalidated-hourly")
    const { fields, line } = await answers.event(context, { seq: 9 })
    assert.match(line, /^\{"seq":9,.*"c":"40ec1baf"\}$/)
    assert.deepStrictEqual(fields, [
      { title: "until", text: "2026-03-02T10:20:06.684Z" },
      { title: "reason", text: "GrantRevoked" }
    ])
  })

  it("names values that lie deeper by their way there, and lists as one", async () => {
    const story = new Story()
    const seq = story.add(
      "FromTomorrow",
      { a: { b: { c: null } }, list: [1, "two"], of: [{ x: true }], none: {} },
      { v: 9 }
    )
    const { fields, step } = await answers.event(await contextOf(story.source()), { seq })
    assert.strictEqual(step.type, "FromTomorrow")
    assert.deepStrictEqual(fields, [
      { title: "a.b.c", text: "null" },
      { title: "list", text: '[1,"two"]' },
      { title: "of.0.x", text: "true" },
      { title: "none", text: "{}" }
    ])
  })

  it("tells what lies very deep as JSON", async () => {
    const story = new Story()
    const deep = JSON.parse(`${'{"a":'.repeat(1_000)}1${"}".repeat(1_000)}`) as object
    const seq = story.add("FromTomorrow", deep, { v: 9 })
    const { fields } = await answers.event(await contextOf(story.source()), { seq })
    assert.deepStrictEqual(
      fields.map(({ title }) => title),
      [Array(8).fill("a").join(".")]
    )
    assert.match(fields[0]?.text ?? "", /^\{"a":\{"a":/)
  })

  it("has a cause that stands thousands of events before, and is not read for it from the beginning", async () => {
    const story = new Story()
    for (let count = 0; count < 6_000; count++) story.add("CredentialResumed", {}, { credential: "other" })
    const cause = story.add("CredentialPaused", {}, { credential: "other" })
    for (let count = 0; count < 3_000; count++) story.add("CredentialResumed", {}, { credential: "other" })
    const seq = story.add("CredentialPaused", {}, { ...about, cause })
    const source = story.source()
    const { causes } = await answers.event(await contextOf(source), { seq })
    assert.deepStrictEqual(seqsOf(causes), [cause, seq])
    assert.isAbove(Math.min(...source.asked.map(({ from }) => from)), 1)
  })

  it("whose cause is not in the ledger is the first of its chain", async () => {
    const story = new Story()
    const seq = story.add("CredentialPaused", {}, { ...about, cause: 0xdead })
    const { causes } = await answers.event(await contextOf(story.source()), { seq })
    assert.deepStrictEqual(seqsOf(causes), [seq])
  })

  it("that does not exist is refused by its number", async () => {
    const context = await open("quiet")
    assert.strictEqual(
      await refusalOf(answers.event(context, { seq: 4_000 })),
      "This ledger has no event 4000 that can be read."
    )
  })

  it("names an actor who joined before those that the state remembers", async () => {
    const story = new Story()
    for (let actor = 2; actor < 800; actor++) story.joins(actor)
    story.actor = 2
    const seq = story.add("CredentialPaused", {}, about)
    const source = story.source()
    const context = await contextOf(source)
    const { step } = await answers.event(context, { seq })
    assert.strictEqual(step.actor, "agent[2]")
    const asked = source.asked.length
    await answers.event(context, { seq })
    assert.isFalse(source.asked.slice(asked).some(({ types }) => types?.has("ActorJoined")))
  })

  it("tells foreign text as it is, whatever it tries", async () => {
    const hostile = `<img src=x onerror="alert(1)">\u202E${"long ".repeat(20)}__proto__`
    const story = new Story()
    const seq = story.refusedForQuota(hostile) - 2
    const { fields, step } = await answers.event(await contextOf(story.source()), { seq })
    assert.strictEqual(fields.find(({ title }) => title === "evidence.message")?.text, hostile)
    assert.include(step.sentence, hostile)
  })
})

describe("a credential", () => {
  it("that was not enrolled yet is refused by its name", async () => {
    const { end, ...context } = await open("quiet")
    const at = { ...end, seq: 1 }
    const refused = "main was not in the pool yet at event 1."
    assert.strictEqual(await refusalOf(answers.why(context, { credential: "main", at })), refused)
    assert.strictEqual(await refusalOf(answers.lineage(context, { credential: "main", at })), refused)
  })

  it("has no name out of the language", async () => {
    const { end, ...context } = await open("quiet")
    assert.match(await refusalOf(answers.why(context, { credential: "__proto__", at: end })), /^__proto__ was not/)
  })
})
