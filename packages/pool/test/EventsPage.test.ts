import { fold } from "@daybook/pool/Evolve"
import { decode, type Recorded } from "@daybook/pool/Recorded"
import { statusOf } from "@daybook/pool/queries/Status"
import { assert, describe, it } from "@effect/vitest"
import { Equal, Result } from "effect"
import { readFileSync } from "node:fs"
import { examples } from "../scripts/event-examples.ts"
import { command, eventTypes, exampleLine, render } from "../scripts/EventsPage.ts"

const story: ReadonlyArray<Recorded> = Object.values(examples)

it("the page of events is what the schemas give", () => {
  const page = readFileSync(new URL("../../../docs/events.md", import.meta.url), "utf8")
  assert.isTrue(page === render(), `docs/events.md is out of date; run: ${command}`)
})

describe("the examples", () => {
  it("show every event type, each under its own name", () => {
    assert.deepStrictEqual(Object.keys(examples).toSorted(), eventTypes.toSorted())
    for (const [type, example] of Object.entries(examples)) assert.strictEqual(example.type, type)
  })

  it("are lines that a reader understands, in ASCII, with their keys in the ledger's order", () => {
    const order = ["seq", "at", "id", "actor", "type", "v", "credential", "cause", "correlation", "data"]
    for (const type of eventTypes) {
      const line = exampleLine(type)
      const keys = Object.keys(JSON.parse(line))
      assert.match(line, /^[ -~]+$/)
      assert.deepStrictEqual(
        keys,
        order.filter((key) => keys.includes(key))
      )
      assert.isTrue(Equal.equals(Result.getOrThrow(decode(JSON.parse(line))), examples[type]), type)
    }
  })

  it("are one story: in order, with ids of their time, and causes from before", () => {
    const madeAt = (id: string) => Number.parseInt(id.replace("-", "").slice(0, 12), 16)
    for (const [index, event] of story.entries()) {
      const previous = story[index - 1]
      assert.isAbove(event.seq, previous?.seq ?? 0, event.type)
      assert.isAtLeast(event.at, previous?.at ?? 0, event.type)
      assert.strictEqual(madeAt(event.id), event.at, event.type)
      if (event.cause !== undefined) assert.isAtMost(madeAt(event.cause), event.at, event.type)
    }
    assert.strictEqual(new Set(story.map(({ id }) => id)).size, story.length)
  })

  it("are one story: the login dies of a reused token, is replaced, and leaves", () => {
    const wordAfter = (last: Recorded) => {
      const told = story.slice(0, story.indexOf(last) + 1)
      const [row] = statusOf(fold(told), last.at).credentials
      return row === undefined ? "none" : row.word
    }
    assert.strictEqual(wordAfter(examples.RefreshSucceeded), "ok")
    assert.strictEqual(wordAfter(examples.CooldownStarted), "cooling")
    assert.strictEqual(wordAfter(examples.CredentialPaused), "paused")
    assert.strictEqual(wordAfter(examples.OutcomeLost), "suspect")
    assert.strictEqual(wordAfter(examples.SuccessorStored), "ok")
    assert.strictEqual(wordAfter(examples.StoreCleared), "dead")
    assert.strictEqual(wordAfter(examples.RecoveryAdopted), "ok")
    assert.strictEqual(wordAfter(examples.CredentialRemoved), "none")
  })
})
