/**
 * A ledger as a regression test: the present code comes to every recorded decision, or it is told where it does not.
 */
import { olderHermes } from "@daybook/pool/HermesPolicy"
import { defaults, hour } from "@daybook/pool/Policy"
import { type ActorId, Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { type Divergence, Replay } from "@daybook/pool/replay/Replay"
import type { Rules } from "@daybook/pool/replay/Rules"
import { assert, describe, it } from "@effect/vitest"
import {
  actor,
  adopted,
  credentialId,
  generation,
  grantId,
  lifted,
  minute,
  observed,
  otherActor,
  quarantined,
  start,
  type Step
} from "../support.ts"
import { rules, Scribe } from "./Scribe.ts"

const replay = (events: ReadonlyArray<Recorded>, today: Rules = rules) => {
  const divergences: Array<Divergence> = []
  const replay = new Replay({ rules: today, onDivergence: (divergence) => divergences.push(divergence) })
  events.forEach(replay.add)
  replay.end()
  const { diverged, judged, notJudged, state } = replay
  return { divergences, diverged, judged, notJudged, state }
}

/** One of each kind of decision that follows from what is recorded before it. */
const eventful = () =>
  new Scribe(olderHermes, () => 0.75)
    .refused({ status: 429 })
    .pass(90)
    .accepted()
    .refreshFailed({ status: 429 }, "operator")
    .pass(90)
    .refreshed()
    .refused({ status: 401, code: "token_invalidated" })
    .pass(90)
    .refreshFailed({ status: 400 })

const withChanged = (
  type: Recorded["type"],
  change: (data: Record<string, unknown>) => Record<string, unknown>
): ReadonlyArray<Recorded> =>
  eventful().events.map((event) =>
    event.type === type ? ({ ...event, data: change(event.data as never) } as unknown as Recorded) : event
  )

describe("a ledger that the present code wrote", () => {
  it("is decided again as it was, from the first decision to the last", () => {
    const { events, state } = eventful()
    const again = replay(events)
    assert.deepStrictEqual(again.divergences, [])
    assert.strictEqual(again.judged, 7)
    assert.deepStrictEqual(again.state, state)
  })

  it("may have been decided a while before it was written", () => {
    const events = withChanged("CooldownStarted", (data) => ({ ...data, until: Number(data["until"]) - 900 }))
    assert.strictEqual(replay(events).diverged, 0)
  })

  it("may end in the middle of what belongs together", () => {
    const { events } = new Scribe(defaults).refused({ status: 429 })
    assert.strictEqual(replay(events.slice(0, -1)).diverged, 0)
  })

  it("is not held to the version of its classifier", () => {
    const events = withChanged("ErrorClassified", (data) => ({ ...data, classifier: 1 }))
    assert.strictEqual(replay(events).diverged, 0)
  })
})

describe("a decision that comes out otherwise today", () => {
  it("is told with its event, and each field as it was and as it is", () => {
    const stricter: Rules = {
      ...rules,
      token: (...evidence) => ({ ...rules.token(...evidence), rule: "test/new" })
    }
    const { divergences } = replay(eventful().events, stricter)
    assert.deepStrictEqual(
      divergences.map(({ credential, fields, type }) => [type, credential, fields]),
      [
        ["ErrorClassified", credentialId, [{ field: "rule", recorded: "test/other", now: "test/new" }]],
        ["ErrorClassified", credentialId, [{ field: "rule", recorded: "test/400", now: "test/new" }]],
        ["CredentialQuarantined", credentialId, [{ field: "rule", recorded: "test/400", now: "test/new" }]]
      ]
    )
  })

  it("is told if its bench is longer or much shorter than it was", () => {
    for (const off of [1, -2 * minute]) {
      const events = withChanged("CooldownStarted", (data) => ({ ...data, until: Number(data["until"]) + off }))
      assert.deepStrictEqual(
        replay(events).divergences.map(({ fields: [field], type }) => [type, field?.field]),
        [
          ["CooldownStarted", "until"],
          ["CooldownStarted", "until"]
        ]
      )
    }
  })

  it("is told if a wait lies outside of what chance can give", () => {
    const events = withChanged("ErrorClassified", (data) =>
      data["retryAt"] === undefined ? data : { ...data, retryAt: Number(data["retryAt"]) + hour }
    )
    assert.deepStrictEqual(
      replay(events).divergences.map(({ fields: [field], type }) => [type, field?.field]),
      [["ErrorClassified", "retryAt"]]
    )
  })

  it("is told if it is missing, and if nothing leads to it", () => {
    const { events } = new Scribe(defaults).refused({ status: 429 })
    const [last] = events.slice(-1)
    const next = new Scribe(defaults)
      .refused({ status: 429 })
      .write(observed(generation(1)))
      .events.slice(-1)
    assert.deepStrictEqual(
      replay([...events.slice(0, -1), ...next]).divergences.map(({ fields, seq }) => [seq, fields]),
      [[Number(last?.seq) - 1, [{ field: "event", recorded: undefined, now: "CooldownStarted" }]]]
    )
    const fewer: Rules = {
      ...rules,
      api: () => ({ verdict: "RequestFault", scope: "credential", rule: "test/other" })
    }
    assert.deepStrictEqual(
      replay(events, fewer)
        .divergences.slice(-1)
        .map(({ fields, seq }) => [seq, fields]),
      [[Number(last?.seq), [{ field: "event", recorded: "CooldownStarted", now: undefined }]]]
    )
  })
})

describe("a decision on a state that others had moved already", () => {
  const acceptedBy = (actor: ActorId, later: number) => {
    const scribe = new Scribe(defaults).refused({ status: 429 })
    const call = new Scribe(defaults).accepted().events.slice(-1)
    const [event] = call.map((event) => ({ ...event, seq: Seq.make(scribe.state.head + 1), at: start + later, actor }))
    const next = new Scribe(defaults).events.slice(-1)
    return replay([...scribe.events, ...(event === undefined ? [] : [event]), ...next]).diverged
  }

  it("is right if it is right on the state that its process knew", () => {
    assert.strictEqual(acceptedBy(otherActor, 2_000), 0)
  })

  it("is right in passing, beside what else its own process does", () => {
    assert.strictEqual(acceptedBy(actor, 2_000), 0)
  })

  it("is told if nobody can have been so late", () => {
    assert.deepStrictEqual([acceptedBy(otherActor, 40_000), acceptedBy(actor, 40_000)], [1, 1])
  })
})

describe("a revocation", () => {
  it("may have waited for its login's lock before it was believed, a rate limit not", () => {
    for (const [code, diverged] of [
      ["token_invalidated", 0],
      [undefined, 1]
    ] as const) {
      const evidence = code === undefined ? { status: 429 } : { status: 401, code }
      const events = new Scribe(olderHermes)
        .refused(evidence)
        .events.map((event) =>
          event.type === "CooldownStarted"
            ? { ...event, data: { ...event.data, until: event.data.until - 45_000 } }
            : event
        )
      assert.strictEqual(replay(events).diverged, diverged)
    }
  })
})

describe("an adoption", () => {
  const found = (step: Step) => replay(new Scribe(defaults).refreshed().write(step).events)

  it("is right if what was found is newer", () => {
    const { divergences, judged } = found(adopted(generation(2), generation(3)))
    assert.deepStrictEqual([divergences, judged], [[], 1])
  })

  it("is told if the present code calls what was found stale", () => {
    assert.deepStrictEqual(
      found(adopted(generation(2), generation(1))).divergences.map(({ fields }) => fields),
      [[{ field: "standing", recorded: "newer", now: "stale" }]]
    )
  })

  it("of what another process brought is right if that is what counted", () => {
    const of = (n: number): Step => ({
      type: "RaceAdopted",
      v: 1,
      credential: credentialId,
      data: {
        grant: grantId,
        held: generation(1),
        found: generation(n),
        winner: { actor: otherActor },
        phase: "before request"
      }
    })
    assert.strictEqual(found(of(2)).diverged, 0)
    assert.deepStrictEqual(
      found(of(3)).divergences.map(({ fields: [field] }) => field?.field),
      ["found"]
    )
  })
})

describe("what cannot be judged", () => {
  it("is counted with the reason, and not passed", () => {
    const { events } = new Scribe(defaults).write(quarantined(generation(1)), lifted(generation(1)))
    const { judged, notJudged } = replay(events)
    assert.strictEqual(judged, 0)
    assert.deepStrictEqual(notJudged, [
      { type: "CredentialQuarantined", why: "it depends on what a store held", count: 1 },
      { type: "QuarantineLifted", why: "an operator decided", count: 1 }
    ])
  })

  it("is every verdict under rules that are not here", () => {
    const { diverged, judged, notJudged } = replay(eventful().events, { ...rules, know: () => false })
    assert.deepStrictEqual([diverged, judged], [0, 0])
    assert.deepStrictEqual(
      notJudged.map(({ count, type, why }) => [type, count, why]),
      [
        ["CooldownStarted", 2, "the rules of its provider are not here"],
        ["CredentialQuarantined", 1, "the rules of its provider are not here"],
        ["ErrorClassified", 4, "the rules of its provider are not here"]
      ]
    )
  })
})

describe("a new login", () => {
  it("ends a quarantine and the bench of the one before it, which is judged with it", () => {
    const scribe = new Scribe(defaults).refused({ status: 429 }).refreshFailed({ status: 400 })
    const dead = scribe.state
    scribe.write(lifted(generation(1), "generation"), observed(generation(2), "login"), {
      type: "CooldownCleared",
      v: 1,
      credential: credentialId,
      data: { by: "generation" }
    })
    scribe.refreshed()
    assert.strictEqual(dead.latest, start)
    assert.strictEqual(replay(scribe.events).diverged, 0)
    const silent = scribe.events.filter(({ type }) => type !== "QuarantineLifted")
    assert.deepStrictEqual(
      replay(silent).divergences.map(({ fields }) => fields),
      [[{ field: "event", recorded: undefined, now: "QuarantineLifted" }]]
    )
  })
})
