import { EventId, Seq } from "@daybook/pool/Ids"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import * as Arguments from "@daybook/cli/Arguments"
import * as At from "@daybook/cli/At"

const id = "01a2027b-1b1f-7f57-9478-a83046fd4695"

describe("a moment", () => {
  it("is the number of an event, its id, a time in UTC, or an age", () => {
    const named: ReadonlyArray<readonly [string, At.At]> = [
      ["4102", { seq: Seq.make(4102) }],
      [id, { id: EventId.make(id) }],
      ["2026-11-22", { at: Date.UTC(2026, 10, 22) }],
      ["2026-11-22T10:00", { at: Date.UTC(2026, 10, 22, 10) }],
      ["2026-11-22 10:00:07", { at: Date.UTC(2026, 10, 22, 10, 0, 7) }],
      ["2026-11-22T10:00:07.250Z", { at: Date.UTC(2026, 10, 22, 10, 0, 7, 250) }],
      ["2026-11-22T10:00:00+02:00", { at: Date.UTC(2026, 10, 22, 8) }],
      ["-5m", { ago: 300_000 }],
      ["5m ago", { ago: 300_000 }],
      ["-1.5h", { ago: 5_400_000 }]
    ]
    for (const [text, at] of named) assert.deepStrictEqual(At.parse(text), Option.some(at), text)
  })

  it("is nothing else, and whoever types something else is told what to type", () => {
    for (const text of ["", "5m", "yesterday", "2026-02-30", "-5", "-5y", "1e3", `${id}0`, "12:00"]) {
      assert.deepStrictEqual(At.parse(text), Option.none(), text)
    }
    const { exitCode, message } = Effect.runSync(Effect.flip(At.read("yesterday", "--at")))
    assert.strictEqual(exitCode, 2)
    assert.match(message, /^--at yesterday: that is no moment\. Give the number of an event/)
  })

  it("of an age counts back from what is now", () => {
    assert.deepStrictEqual(At.momentOf({ ago: 300_000 }, 1_000_000), { at: 700_000 })
    assert.deepStrictEqual(At.momentOf({ ago: 1e30 }, 1_000_000), { at: 0 })
    assert.deepStrictEqual(At.momentOf({ seq: Seq.make(3) }, 1_000_000), { seq: Seq.make(3) })
  })
})

it("an age on the command line is not taken for flags, and what belongs to another command is left alone", () => {
  const typed = ["show", "--at", "-5m", "-f", "--", "tail", "-5m"]
  assert.deepStrictEqual(Arguments.readable(typed), ["show", "--at", "5m ago", "-f", "--", "tail", "-5m"])
})

it("an age is named in errors as it was typed", () => {
  assert.strictEqual(At.typed("1.5h ago"), "-1.5h")
  assert.strictEqual(At.typed("2026-11-22"), "2026-11-22")
})
