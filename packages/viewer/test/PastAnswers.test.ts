/** What the page tells of the pool at a cursor, of two, of a family of tokens, and of another policy. */
import { answers } from "@daybook/viewer/answers/Answers"
import type { Progress } from "@daybook/viewer/Questions"
import { assert, describe, it } from "vitest"
import { readFileSync } from "node:fs"
import { readingBy } from "./support/FileSource.ts"
import { contextOf, cursorAt, fileOf, open } from "./support/Recordings.ts"
import { about, generation, grant, Story, uuid } from "./support/Story.ts"

describe("the pool", () => {
  it("is told as it stood at the cursor, each credential in a word, a note and its axes", async () => {
    const context = await open("token-invalidated-hourly")
    const [before, after] = await Promise.all(
      ["7", "9"].map(async (at) => answers.state(context, { at: await cursorAt(context, at) }))
    )
    assert.deepStrictEqual(
      before?.credentials.map(({ note, word }) => [word, note]),
      [["ok", undefined]]
    )
    const [main] = after?.credentials ?? []
    assert.deepStrictEqual([main?.word, main?.note], ["cooling", "GrantRevoked, until 2026-03-02T10:20:06Z"])
    assert.strictEqual(
      main?.axes.find(({ title }) => title === "calls")?.text.startsWith("1 accepted, 1 refused"),
      true
    )
  })

  it("calls a credential refreshing while a request is under way", async () => {
    const context = await open("every-sub-agent-refreshes")
    const words = await Promise.all(
      ["5", "6", "7"].map(
        async (at) => (await answers.state(context, { at: await cursorAt(context, at) })).credentials[0]
      )
    )
    assert.deepStrictEqual(
      words.map((credential) => credential?.word),
      ["ok", "refreshing", "ok"]
    )
  })

  it("ends a bench when its time is over, without an event", async () => {
    const context = await open("token-invalidated-hourly")
    const { seq } = await cursorAt(context, "9")
    const { credentials } = await answers.state(context, { at: { seq, now: Date.parse("2026-03-02T10:30:00Z") } })
    assert.deepStrictEqual(
      credentials.map(({ word }) => word),
      ["ok"]
    )
  })
})

describe("what changed", () => {
  it("is the same in whichever order two cursors are named", async () => {
    const context = await open("token-invalidated-hourly")
    const [from, to] = [await cursorAt(context, "7"), await cursorAt(context, "9")]
    const forwards = await answers.diff(context, { from, to })
    assert.deepStrictEqual(await answers.diff(context, { from: to, to: from }), forwards)
    assert.deepStrictEqual(forwards.credentials[0]?.changes, [
      { title: "status", before: "ok", after: "cooling", by: [9] },
      { title: "available", before: "yes", after: "no: GrantRevoked, until 2026-03-02T10:20:06Z", by: [9] }
    ])
  })

  it("by time alone has no events", async () => {
    const context = await open("token-invalidated-hourly")
    const from = await cursorAt(context, "9")
    const to = { ...from, now: Date.parse("2026-03-02T10:30:00Z") }
    const [main] = (await answers.diff(context, { from, to })).credentials
    assert.deepStrictEqual(
      main?.changes.map(({ by, title }) => [title, by]),
      [
        ["status", []],
        ["available", []]
      ]
    )
  })

  it("of a credential that came is that it came", async () => {
    const context = await open("quiet")
    const [main] = (await answers.diff(context, { from: await cursorAt(context, "2"), to: context.end })).credentials
    assert.deepStrictEqual(
      main?.changes.map(({ before, title }) => [title, before]),
      [
        ["status", undefined],
        ["member", undefined]
      ]
    )
  })
})

describe("a family of tokens", () => {
  it("stands with parents before children, and says who sent what", async () => {
    const context = await open("four-programs-one-login")
    const { members } = await answers.lineage(context, { credential: "main", at: context.end })
    const names = members.map(({ name }) => name)
    assert.deepStrictEqual(
      members.map(({ parent }) => parent),
      [undefined, ...names.slice(0, -1)]
    )
    assert.match(members[1]?.notes?.join("; ") ?? "", /^spent by agent-1\[\d+\].*: answered; others came for the same/)
    assert.deepStrictEqual(
      members.filter(({ isCurrent }) => isCurrent).map(({ name }) => name),
      names.slice(-1)
    )
  })

  it("tells a long run without incident as one", async () => {
    const story = new Story()
    for (let number = 1; number <= 100; number++) story.after(3_000).refreshed(number)
    const context = await contextOf(story.source())
    const { members } = await answers.lineage(context, { credential: "main", at: context.end })
    assert.deepStrictEqual(
      members.map(({ name, parent }) => [name, parent]),
      [
        ["1 fp_r000000", undefined],
        ["2 to 100", "1 fp_r000000"],
        ["101 fp_r000000", "2 to 100"]
      ]
    )
    assert.match(members[1]?.brought ?? "", /^99 rotations without incident, .*, by agent\[1\]$/)
  })

  it("goes on where its older events were archived", async () => {
    const story = new Story()
    for (let number = 1; number <= 5; number++) story.after(3_000).refreshed(number)
    const context = await contextOf(story.source(9))
    const { members } = await answers.lineage(context, { credential: "main", at: context.end })
    assert.strictEqual(members.length, 6)
    assert.match(members[0]?.brought ?? "", /how, was archived$/)
  })
})

describe("another policy", () => {
  const recorded = readFileSync(fileOf("token-invalidated-hourly", "policy.recorded.json"), "utf8")

  it("would have sent a dead token once, where the recorded one sent it seven times", async () => {
    const context = await open("token-invalidated-hourly")
    const { changed, changes, dead } = await answers.whatIf(context, { at: context.end, policy: { name: "default" } })
    assert.deepStrictEqual(dead, { recorded: 7, stillMade: 1, saved: 6, unknown: 0 })
    assert.strictEqual(changed, changes.length)
    const { at: _, ...first } = changes[0] ?? assert.fail("nothing changed")
    assert.deepStrictEqual(first, {
      seq: 9,
      credential: "main",
      recorded: "CooldownStarted",
      otherwise: "would not be decided",
      because: "by what the policy says of benches"
    })
  })

  it("changes nothing if it is the recorded one", async () => {
    const context = await open("token-invalidated-hourly")
    const answer = await answers.whatIf(context, { at: context.end, policy: { name: "own", text: recorded } })
    assert.deepStrictEqual(
      [answer.changed, answer.changes, answer.dead],
      [0, [], { recorded: 7, stillMade: 7, saved: 0, unknown: 0 }]
    )
  })

  it("is asked of what was recorded up to the cursor", async () => {
    const context = await open("token-invalidated-hourly")
    const at = await cursorAt(context, "20")
    const { dead } = await answers.whatIf(context, { at, policy: { name: "default" } })
    assert.isBelow(dead.recorded, 7)
    assert.deepStrictEqual(
      context.source.asked.map(({ to }) => to),
      [20]
    )
  })

  it("leaves open what became of calls with a token that it would not have had yet", async () => {
    const story = new Story()
    const attempt = { grant, attempt: uuid(0xa1), generation: generation(1) }
    const begun = story.add("RefreshStarted", { ...attempt, trigger: "proactive", timeLimit: 10_000 }, about)
    const evidence = { status: 429, body: "json", left: true }
    const failed = story.add("RefreshFailed", { ...attempt, evidence }, { ...about, cause: begun })
    const verdict = { surface: "token", verdict: "Transient", reason: "RateLimited", rule: "r", classifier: 2 }
    story.add("ErrorClassified", { grant, of: uuid(failed), generation: generation(1), ...verdict }, about)
    story.after(600).refreshed(1)
    story.add("ApiOutcomeObserved", { generation: generation(2), accepted: true, count: 3 }, about)
    const context = await contextOf(story.source())
    const text = JSON.stringify({ backoff: { first: 3_600_000, most: 7_200_000 } })
    const found = await answers.whatIf(context, { at: context.end, policy: { name: "own", text } })
    assert.deepStrictEqual(found.refreshes, { recorded: 2, stillMade: 1, saved: 1, unknown: 0 })
    assert.deepStrictEqual(found.acceptedCalls, { recorded: 3, stillMade: 0, saved: 0, unknown: 3 })
  })

  it("tells a thousand changes, and counts all", async () => {
    const story = new Story()
    for (let count = 0; count < 1_200; count++) story.refusedForQuota()
    const context = await contextOf(story.source())
    const text = JSON.stringify({ cooldownMost: 60_000 })
    const { changed, changes } = await answers.whatIf(context, { at: context.end, policy: { name: "own", text } })
    assert.deepStrictEqual([changed, changes.length], [1_200, 1_000])
    assert.match(changes[0]?.recorded ?? "", /^CooldownStarted: until 2026-03-02T11:01:00Z$/)
    assert.match(changes[0]?.otherwise ?? "", /^until 2026-03-02T10:02:00Z$/)
  })

  it.each([
    ["strikes: 5", "The policy is not JSON."],
    ["[]", "The policy is JSON, but no object of a policy's fields."],
    [`{"preset":"mine"}`, `The policy: preset is "mine". The presets are default, hermes, olderHermes.`],
    [`{"strikes":"five"}`, `The policy: strikes is "five". Expected number.`],
    [`{"strike":5}`, "The policy: strike is no field of a policy."],
    [`{"__proto__":{"strikes":5}}`, "The policy: __proto__ is no field of a policy."]
  ])("that says %s is refused", async (text, says) => {
    const context = await open("quiet")
    const refused = await answers
      .whatIf(context, { at: context.end, policy: { name: "own", text } })
      .then(() => assert.fail("it was taken"), String)
    assert.include(refused, says)
  })
})

describe("an answer that nobody waits for", () => {
  const long = () => {
    const story = new Story()
    while (story.head < 45_000) story.add("CredentialResumed", {}, about)
    return story.source()
  }

  it("is read no further", async () => {
    const source = long()
    const controller = new AbortController()
    const context = await contextOf(source, controller.signal)
    const reading = readingBy(source, async (...asked) => {
      await source.events(...asked)
      controller.abort(new Error("A newer question took its place."))
    })
    const stopping = { ...context, source: reading }
    const reason = await answers
      .whatIf(stopping, { at: context.end, policy: { name: "default" } })
      .then(() => assert.fail("it was answered"), String)
    assert.match(reason, /A newer question/)
    assert.strictEqual(source.asked.length, 1)
  })

  it.each(["loops", "whatIf", "diff"] as const)("says meanwhile how far it has come: %s", async (name) => {
    const told: Array<Progress> = []
    const context = { ...(await contextOf(long())), progress: (read: Progress) => void told.push(read) }
    const { end: at } = context
    if (name === "loops") await answers.loops(context, { at })
    if (name === "whatIf") await answers.whatIf(context, { at, policy: { name: "default" } })
    if (name === "diff") await answers.diff(context, { from: { seq: 3, now: at.now }, to: at })
    const [events, alls] = [told.map(({ events }) => events), new Set(told.map(({ all }) => all))]
    assert.strictEqual(events[0], 0)
    assert.isAtLeast(events.length, 2)
    assert.deepStrictEqual(
      events,
      [...new Set(events)].toSorted((one, other) => one - other)
    )
    assert.deepStrictEqual([...alls], [name === "diff" ? at.seq - 3 : at.seq])
    assert.isAtMost(events.at(-1) ?? Infinity, at.seq)
  })

  it("says nothing of how far it has come where that is a moment's work", async () => {
    const told: Array<Progress> = []
    const recorded = await open("token-invalidated-hourly")
    const context = { ...recorded, progress: (read: Progress) => void told.push(read) }
    await answers.whatIf(context, { at: context.end, policy: { name: "default" } })
    await answers.loops(context, { at: context.end })
    assert.deepStrictEqual(told, [])
  })

  it.each(["why", "lineage", "loops", "diff", "whatIf", "event"] as const)(
    "fails with the reason: %s",
    async (name) => {
      const context = await contextOf(
        (await open("token-invalidated-hourly")).source,
        AbortSignal.abort(new Error("late"))
      )
      const at = context.end
      const asked = {
        why: () => answers.why(context, { credential: "main", at }),
        lineage: () => answers.lineage(context, { credential: "main", at }),
        loops: () => answers.loops(context, { at }),
        diff: () => answers.diff(context, { from: { seq: 7, now: at.now }, to: at }),
        whatIf: () => answers.whatIf(context, { at, policy: { name: "default" } }),
        event: () => answers.event(context, { seq: 9 })
      }
      const reason = await asked[name]().then(() => assert.fail("it was answered"), String)
      assert.strictEqual(reason, "Error: late")
      assert.deepStrictEqual(context.source.asked, [])
    }
  )
})
