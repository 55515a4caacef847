/**
 * Whatever happened: another course of a history under its own policy is that history, and the present code comes to
 * every decision that it made.
 */
import { fold } from "@daybook/pool/Evolve"
import { hermes, olderHermes } from "@daybook/pool/HermesPolicy"
import { defaults, type Policy } from "@daybook/pool/Policy"
import type { Recorded } from "@daybook/pool/Recorded"
import { Replay } from "@daybook/pool/replay/Replay"
import { WhatIf } from "@daybook/pool/replay/WhatIf"
import { assert, describe, it } from "@effect/vitest"
import { Equal, Schema } from "effect"
import * as arbitrary from "../arbitraries.ts"
import { rules, Scribe } from "./Scribe.ts"

const under = (events: ReadonlyArray<Recorded>, policy?: Policy, recordedPolicy: Policy = defaults) => {
  const replay = new WhatIf({ rules, policy, recordedPolicy })
  events.forEach(replay.add)
  return { ...replay.end(), state: replay.state }
}

const policies = { defaults, hermes, olderHermes }

const Deed = Schema.Struct({
  what: Schema.Literals(["refused", "accepted", "failed", "refreshed", "operator"]),
  status: Schema.Literals([400, 401, 403, 429, 500]),
  coded: Schema.Boolean,
  minutes: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 120 }))
})

const Story = Schema.Struct({
  policy: Schema.Literals(["defaults", "hermes", "olderHermes"]),
  chances: Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 99 }))),
  deeds: Schema.Array(Deed).check(Schema.isMinLength(1), Schema.isMaxLength(25))
})

const tell = ({ chances, deeds, policy }: typeof Story.Type): Scribe => {
  let turn = 0
  const scribe = new Scribe(policies[policy], () => (chances[turn++ % chances.length] ?? 0) / 100)
  for (const { coded, minutes, status, what } of deeds) {
    const evidence = { status, ...(coded ? { code: "token_invalidated" } : {}) }
    if (what === "refused") scribe.refused(evidence)
    if (what === "accepted") scribe.accepted()
    if (what === "failed") scribe.refreshFailed(evidence)
    if (what === "operator") scribe.refreshFailed(evidence, "operator")
    if (what === "refreshed") scribe.refreshed()
    scribe.pass(minutes)
  }
  return scribe
}

describe("a history that a pool decided", () => {
  it.prop("comes to the same decisions again", { story: Story }, ({ story }) => {
    const replay = new Replay({ rules })
    tell(story).events.forEach(replay.add)
    replay.end()
    assert.strictEqual(replay.diverged, 0)
  })

  it.prop("is itself under the policy that it had", { story: Story }, ({ story }) => {
    const { events, state } = tell(story)
    for (const policy of [undefined, policies[story.policy]]) {
      const other = under(events, policy)
      assert.deepStrictEqual([other.decisions.changed, other.decisions.unmade, other.apart], [0, 0, []])
      assert.deepStrictEqual([other.refreshes.saved, other.refusedCalls.saved, other.acceptedCalls.saved], [0, 0, 0])
      assert.isTrue(Equal.equals(other.state, state))
    }
  })

  it.prop("has as many requests under any policy: made, saved, or beyond comparison", { story: Story }, ({ story }) => {
    const { events } = tell(story)
    const started = events.filter(({ type }) => type === "RefreshStarted").length
    for (const policy of Object.values(policies)) {
      const { deadRequests, refreshes } = under(events, policy)
      assert.strictEqual(refreshes.recorded, started)
      assert.isAtMost(refreshes.saved + refreshes.beyond, refreshes.recorded)
      assert.isAtMost(deadRequests.saved + deadRequests.beyond, deadRequests.recorded)
    }
  })
})

describe("whatever a ledger holds", () => {
  it.prop(
    "its other course under its own policy is itself",
    { ledger: arbitrary.ledgerOf(arbitrary.event) },
    ({ ledger }) => {
      const other = under(ledger, defaults)
      assert.strictEqual(other.decisions.changed, 0)
      assert.isTrue(Equal.equals(other.state, fold(ledger)))
    },
    arbitrary.thorough
  )

  it.prop(
    "another policy gives a state, and takes no request away that was not made",
    { ledger: arbitrary.ledgerOf(arbitrary.grantEvent) },
    ({ ledger }) => {
      const { refreshes } = under(ledger, olderHermes)
      assert.isAtMost(refreshes.saved + refreshes.beyond, refreshes.recorded)
    }
  )
})
