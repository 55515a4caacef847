/**
 * A history under another policy: which requests would not have been made, which decisions come out otherwise, and what
 * nobody can say.
 */
import { hermes, olderHermes } from "@daybook/pool/HermesPolicy"
import { defaults, hour, type Policy } from "@daybook/pool/Policy"
import type { Recorded } from "@daybook/pool/Recorded"
import type { Change } from "@daybook/pool/replay/Change"
import { WhatIf } from "@daybook/pool/replay/WhatIf"
import { assert, describe, it } from "@effect/vitest"
import {
  adopted,
  credentialId,
  enrolledOther,
  fingerprint,
  generation,
  grantAfter,
  grantId,
  minute,
  observed,
  opened,
  otherCredentialId,
  otherGrantId,
  paused,
  removed,
  resumed,
  start,
  started,
  stashed,
  type Step,
  succeeded
} from "../support.ts"
import { rules, Scribe } from "./Scribe.ts"

const dead = { status: 401, code: "token_invalidated" }
const limited = { status: 429 }
const busy = { status: 429 }

const whatIf = (events: ReadonlyArray<Recorded>, policy?: Policy, from?: number) => {
  const changes: Array<Change> = []
  const replay = new WhatIf({ rules, policy, from, onChange: (change) => changes.push(change) })
  events.forEach(replay.add)
  return { ...replay.end(), changes, state: replay.state }
}

/** An hour-long bench after the other, and the same refusal after each. */
const hourlyLoop = (policy: Policy, times: number) => {
  const scribe = new Scribe(policy)
  for (let call = 0; call < times; call++) scribe.refused(dead).pass(61)
  return scribe
}

describe("a dead token that came back every hour", () => {
  const { changes, deadRequests, refusedCalls, times } = whatIf(hourlyLoop(olderHermes, 7).events, defaults)

  it("was sent seven times, and would have been sent once", () => {
    assert.deepStrictEqual(deadRequests, { recorded: 7, saved: 6, beyond: 0 })
    assert.deepStrictEqual(refusedCalls, { recorded: 7, saved: 6, beyond: 0 })
  })

  it("would have been quarantined in place of the first bench, under one field of the policy", () => {
    assert.deepStrictEqual(
      changes.map(({ because, fields: [field], type }) => [type, field?.recorded, field?.now, because]),
      [
        ["CooldownStarted", "CooldownStarted", undefined, { _tag: "Policy", fields: ["benches"] }],
        ["CredentialQuarantined", undefined, "CredentialQuarantined", { _tag: "Policy", fields: ["benches"] }]
      ]
    )
  })

  it("would have been dead for as long as it was benched and refused in turn", () => {
    const [{ recorded, would } = assert.fail()] = times
    assert.deepStrictEqual(would, { ready: 0, benched: 0, dead: 6 * 61 * minute, paused: 0 })
    assert.deepStrictEqual(recorded, { ready: 6 * minute, benched: 6 * hour, dead: 0, paused: 0 })
  })

  it("is sent once under both, if nothing was recorded after the first: the others are not made up", () => {
    const { deadRequests, sooner } = whatIf(hourlyLoop(defaults, 1).events, olderHermes)
    assert.deepStrictEqual(deadRequests, { recorded: 1, saved: 0, beyond: 0 })
    assert.deepStrictEqual(sooner, { refreshes: 0, calls: 0 })
  })
})

describe("a call that another bench would have kept", () => {
  const twoLimits = new Scribe(hermes).write(enrolledOther(), {
    type: "GenerationObserved",
    v: 1,
    credential: otherCredentialId,
    data: { grant: otherGrantId, generation: { access: fingerprint("other") }, where: "own", how: "enrol" }
  })
  twoLimits.pass(1).refused(limited).pass(90).refused(limited).pass(90).accepted(5)
  const longer = { ...hermes, cooldown: { ...hermes.cooldown, RateLimited: 2 * hour } }

  it("counts as saved, and what it met is not seen", () => {
    const { decisions, refusedCalls } = whatIf(twoLimits.events, longer)
    assert.deepStrictEqual(refusedCalls, { recorded: 2, saved: 1, beyond: 0 })
    assert.strictEqual(decisions.unmade, 2)
  })

  it("goes to another credential that is free, or is stopped", () => {
    const stays = { ...hermes, cooldown: { ...hermes.cooldown, RateLimited: 5 * hour } }
    assert.deepStrictEqual(whatIf(twoLimits.events, stays).acceptedCalls, {
      recorded: 1,
      saved: 1,
      beyond: 0,
      stopped: 0
    })
    const alone = new Scribe(hermes).refused(limited).pass(90).accepted()
    const { acceptedCalls } = whatIf(alone.events, { ...stays, benches: [] })
    assert.deepStrictEqual(acceptedCalls, { recorded: 1, saved: 1, beyond: 0, stopped: 1 })
  })

  it("is made all the same if it was under way when the bench began", () => {
    const none = { ...defaults, cooldown: { ...defaults.cooldown, RateLimited: 0 } }
    const crowd = new Scribe(none)
      .refused(limited)
      .pass(1 / 60)
      .refused(limited)
      .pass(1 / 2)
      .refused(limited)
    const { refusedCalls } = whatIf(crowd.events, hermes)
    assert.deepStrictEqual(refusedCalls, { recorded: 3, saved: 1, beyond: 0 })
  })
})

describe("a wait that another policy makes shorter", () => {
  it("is a call that was possible sooner, and no call", () => {
    const waited = new Scribe(hermes).write(enrolledOther()).refused(limited).pass(90).accepted()
    const { acceptedCalls, changes, sooner } = whatIf(waited.events, defaults)
    assert.deepStrictEqual(sooner, { refreshes: 0, calls: 1 })
    assert.deepStrictEqual(acceptedCalls, { recorded: 1, saved: 0, beyond: 0, stopped: 0 })
    assert.deepStrictEqual(
      changes.map(({ because, fields, type }) => [type, fields, because]),
      [
        [
          "CooldownStarted",
          [{ field: "until", recorded: start + hour, now: start + minute }],
          { _tag: "Policy", fields: ["cooldown"] }
        ]
      ]
    )
  })

  it("falls at the same point of its range", () => {
    const scribe = new Scribe(defaults, () => 0.25).refreshFailed(busy)
    const { changes, sooner } = whatIf(scribe.events, { ...defaults, backoff: { first: 1_000, most: minute } })
    assert.deepStrictEqual(changes[0]?.fields, [{ field: "retryAt", recorded: start + 500, now: start + 250 }])
    assert.strictEqual(sooner.refreshes, 1)
  })
})

describe("a refresh that another policy holds back", () => {
  const patient: Policy = { ...defaults, backoff: { first: 4 * hour, most: 4 * hour } }
  const impatient: Policy = { ...defaults, backoff: { first: 0, most: 0 } }

  it("is saved if it failed, and its failure is not judged", () => {
    const scribe = new Scribe(impatient).refreshFailed(busy).pass(1).refreshFailed(busy).pass(1).refreshFailed(busy)
    const { decisions, refreshes } = whatIf(scribe.events, patient)
    assert.deepStrictEqual(refreshes, { recorded: 3, saved: 2, beyond: 0 })
    assert.strictEqual(decisions.unmade, 2)
  })

  it("is missed if it succeeded, and its login out of comparison until the wait is over", () => {
    const scribe = new Scribe(impatient).refreshFailed(busy).pass(1).refreshed().pass(1).refused(limited)
    scribe.pass(5 * 60).refreshed()
    const { apart, missed, refreshes, refusedCalls, state } = whatIf(scribe.events, patient)
    assert.deepStrictEqual(refreshes, { recorded: 3, saved: 1, beyond: 0 })
    assert.deepStrictEqual(refusedCalls, { recorded: 1, saved: 0, beyond: 1 })
    assert.deepStrictEqual(
      missed.map(({ credential, until }) => [credential, until]),
      [[credentialId, start + 2 * hour]]
    )
    assert.deepStrictEqual(apart, [])
    assert.deepStrictEqual(state.grants, scribe.state.grants)
  })

  it("is missed as soon as its tokens are kept aside", () => {
    const scribe = new Scribe(impatient).refreshFailed(busy).pass(1)
    const [sent, next] = [generation(1), generation(2)]
    scribe
      .write(started(sent, 9), stashed(sent, next))
      .pass(1)
      .refused(limited)
      .write(succeeded(sent, next, 9))
    const { apart, missed, refusedCalls } = whatIf(scribe.events, patient)
    assert.deepStrictEqual([apart.length, missed.length], [1, 1])
    assert.deepStrictEqual(refusedCalls, { recorded: 1, saved: 0, beyond: 1 })
  })

  it("stays out of comparison to the end if nothing ends the wait", () => {
    const strict: Policy = { ...defaults, terminal: [{ provider: "openai-codex", statuses: [401] }] }
    const scribe = new Scribe(impatient).refreshFailed({ status: 401 }).pass(1).refreshed().pass(1).refreshed()
    const { apart, lostLogins, refreshes } = whatIf(scribe.events, strict)
    assert.deepStrictEqual(apart, [credentialId])
    assert.deepStrictEqual(refreshes, { recorded: 3, saved: 1, beyond: 1 })
    assert.deepStrictEqual(
      lostLogins.map(({ credential, proof, since }) => [credential, proof, since]),
      [[credentialId, "refresh", start]]
    )
  })

  it("is compared again from a new login on", () => {
    const strict: Policy = { ...defaults, terminal: [{ provider: "openai-codex", statuses: [401] }] }
    const scribe = new Scribe(impatient).refreshFailed({ status: 401 }).pass(1).refreshed().pass(1)
    scribe
      .write(observed(generation(9), "login"))
      .pass(1)
      .refreshFailed({ status: 401 })
    const { apart, changes, state } = whatIf(scribe.events, strict)
    assert.deepStrictEqual(apart, [])
    assert.deepStrictEqual(
      changes.filter(({ type }) => type === "CredentialQuarantined").map(({ at }) => at),
      [start, scribe.now]
    )
    assert.strictEqual(grantAfter().health._tag, "Live")
    assert.strictEqual([...state.grants].find(([id]) => id === grantId)?.[1].health._tag, "Dead")
  })
})

describe("a refresh of a login that another policy benches", () => {
  const long = { ...hermes, benches: [], cooldown: { ...hermes.cooldown, RateLimited: 5 * hour } }
  const savedUnder = (trigger: "expired" | "operator" | "keepalive") => {
    const scribe = new Scribe(hermes).refused(limited).pass(90).refreshed(trigger)
    return whatIf(scribe.events, long).refreshes.saved
  }

  it("is not made for a caller, who is given another credential or none", () => {
    assert.strictEqual(savedUnder("expired"), 1)
  })

  it("is made to keep it alive, and for an operator", () => {
    assert.deepStrictEqual([savedUnder("keepalive"), savedUnder("operator")], [0, 0])
  })
})

describe("a login that went back to the tokens before, since the newer ones were refused", () => {
  const strict: Policy = { ...defaults, terminal: [{ provider: "openai-codex", statuses: [401] }] }
  const [before, newer] = [generation(1), generation(2)]
  const back: Step = {
    type: "RaceAdopted",
    v: 1,
    credential: credentialId,
    data: { grant: grantId, held: newer, found: before, winner: {}, phase: "after rejection", fallback: true }
  }
  const story = () =>
    new Scribe(strict).write(adopted(before, newer)).refreshFailed({ status: 401 }, "expired", back).pass(1)

  it("is out of comparison under a policy that keeps the newer ones", () => {
    const { apart, refusedCalls } = whatIf(story().refused(limited).events, defaults)
    assert.deepStrictEqual(apart, [credentialId])
    assert.deepStrictEqual(refusedCalls, { recorded: 1, saved: 0, beyond: 1 })
  })

  it("goes back under its own policy too", () => {
    const scribe = story().refused(limited)
    const { apart, decisions, state } = whatIf(scribe.events, strict)
    assert.deepStrictEqual([apart.length, decisions.changed], [0, 0])
    assert.deepStrictEqual(state.grants, scribe.state.grants)
  })
})

describe("a login that another policy gives up", () => {
  it("is not proved good by an access token that is accepted when its refresh token was judged", () => {
    const strict: Policy = { ...defaults, terminal: [{ provider: "openai-codex", statuses: [401] }] }
    const scribe = new Scribe(defaults).refreshFailed({ status: 401 }).pass(1).accepted()
    const { acceptedCalls, lostLogins } = whatIf(scribe.events, strict)
    assert.deepStrictEqual([acceptedCalls.saved, lostLogins], [1, []])
  })

  it("is proved good by an accepted call if it was its access token that was judged", () => {
    const scribe = new Scribe(olderHermes).refused(dead).pass(61).accepted()
    assert.deepStrictEqual(
      whatIf(scribe.events, defaults).lostLogins.map(({ proof }) => proof),
      ["call"]
    )
  })
})

describe("the times of a credential", () => {
  it("end when it leaves the pool, and count a pause as nothing else", () => {
    const scribe = new Scribe(hermes).pass(10).write(paused).pass(20).write(resumed).pass(5).write(removed).pass(60)
    scribe.write(opened)
    const [{ would } = assert.fail()] = whatIf(scribe.events, defaults).times
    assert.deepStrictEqual(would, { ready: 15 * minute, benched: 0, dead: 0, paused: 20 * minute })
  })
})

describe("a new login for one that is out of comparison", () => {
  it("ends its bench as well", () => {
    const long: Policy = { ...defaults, cooldown: { ...defaults.cooldown, RateLimited: 5 * hour } }
    const strict: Policy = { ...long, terminal: [{ provider: "openai-codex", statuses: [401] }] }
    const scribe = new Scribe(long).refused(limited).refreshFailed({ status: 401 }, "operator").pass(1)
    scribe
      .refreshed("operator")
      .pass(1)
      .write(observed(generation(9), "login"), {
        type: "CooldownCleared",
        v: 1,
        credential: credentialId,
        data: { by: "generation" }
      })
    scribe.pass(1).accepted()
    const { acceptedCalls, missed } = whatIf(scribe.events, strict)
    assert.strictEqual(missed.length, 1)
    assert.deepStrictEqual(acceptedCalls, { recorded: 1, saved: 0, beyond: 0, stopped: 0 })
  })
})

describe("a login that died in the recorded course alone", () => {
  const strict: Policy = { ...defaults, terminal: [{ provider: "openai-codex", statuses: [401] }] }
  const recovery = (from: Scribe) =>
    from.write({
      type: "RecoveryAdopted",
      v: 1,
      credential: credentialId,
      data: { grant: grantId, generation: generation(5), from: "codex-cli" }
    })

  it("would not have been replaced by another program's, so what came of that is out of comparison", () => {
    const { events } = recovery(new Scribe(strict).refreshFailed({ status: 401 }).pass(1))
      .pass(1)
      .refused(limited)
    const { apart, refusedCalls } = whatIf(events, defaults)
    assert.deepStrictEqual(apart, [credentialId])
    assert.deepStrictEqual(refusedCalls, { recorded: 1, saved: 0, beyond: 1 })
  })

  it("is replaced all the same if it dies in both", () => {
    const { events } = recovery(new Scribe(strict).refreshFailed({ status: 400 }).pass(1))
      .pass(1)
      .refused(limited)
    const { apart, refusedCalls } = whatIf(events, defaults)
    assert.deepStrictEqual([apart.length, refusedCalls.beyond], [0, 0])
  })
})

describe("a decision that is otherwise because of an earlier one", () => {
  it("is said to be so", () => {
    const long: Policy = { ...defaults, cooldown: { ...defaults.cooldown, RateLimited: hour } }
    const scribe = new Scribe(long).refused(limited).pass(10).accepted()
    const { changes } = whatIf(scribe.events, { ...long, cooldown: { ...long.cooldown, RateLimited: minute } })
    assert.deepStrictEqual(
      changes.map(({ because, type }) => [type, because._tag]),
      [
        ["CooldownStarted", "Policy"],
        ["CooldownCleared", "EarlierChange"]
      ]
    )
  })
})

describe("what an operator did", () => {
  it("ends the bench of another policy as well", () => {
    const scribe = new Scribe(olderHermes).refused(limited).pass(30)
    scribe.write({ type: "CooldownCleared", v: 1, credential: credentialId, data: { by: "operator" } })
    scribe.pass(1).accepted()
    const longer = { ...olderHermes, benches: [], cooldown: { ...hermes.cooldown, RateLimited: 5 * hour } }
    assert.deepStrictEqual(whatIf(scribe.events, longer).acceptedCalls, {
      recorded: 1,
      saved: 0,
      beyond: 0,
      stopped: 0
    })
  })
})

describe("what is asked from a moment on", () => {
  it("leaves everything before it as it was", () => {
    const { events } = hourlyLoop(olderHermes, 7)
    const fourth = events.filter(({ type }) => type === "ApiOutcomeObserved")[3]?.seq
    const { deadRequests } = whatIf(events, defaults, fourth)
    assert.deepStrictEqual(deadRequests, { recorded: 4, saved: 3, beyond: 0 })
  })
})

describe("without another policy", () => {
  it("a moment in the middle of what belongs together changes nothing", () => {
    const { events } = hourlyLoop(olderHermes, 3)
    assert.deepStrictEqual(whatIf(events.slice(0, -1)).changes, [])
  })

  it("the rules of today are asked under the policy of that time", () => {
    const { events } = hourlyLoop(olderHermes, 3)
    const otherwise = events.map((event) =>
      event.type === "ErrorClassified"
        ? { ...event, data: { ...event.data, rule: "test/former", classifier: 1 } }
        : event
    )
    const { changes } = whatIf(otherwise)
    assert.deepStrictEqual(
      changes.map(({ because }) => because._tag),
      ["Rules", "Rules", "Rules"]
    )
    assert.deepStrictEqual(
      changes.flatMap(({ fields }) => fields),
      Array.from({ length: 3 }, () => ({ field: "rule", recorded: "test/former", now: "test/401" }))
    )
  })
})
