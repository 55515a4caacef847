/**
 * What two replays of one ledger are told apart by: a decision that one of them makes and the other does not, in either
 * direction, and one that comes out otherwise in one of them alone.
 */
import { defaults } from "@daybook/pool/Policy"
import { DecisionTrace, firstCountDivergence } from "@daybook/pool/replay/DecisionTrace"
import { firstUnlike, kept } from "@daybook/pool/replay/KeptDivergence"
import { type Divergence, Replay } from "@daybook/pool/replay/Replay"
import type { Rules } from "@daybook/pool/replay/Rules"
import { assert, describe, it } from "@effect/vitest"
import { accepted, credentialId, generation } from "../support.ts"
import { rules, Scribe } from "./Scribe.ts"

/** Verdicts 7, 10, 14 and 17, benches 8 and 15. */
const history = () =>
  new Scribe(defaults)
    .refused({ status: 429 })
    .pass(90)
    .refreshFailed({ status: 429 })
    .pass(90)
    .refused({ status: 429 })
    .pass(90)
    .refreshFailed({ status: 429 }).events

const replay = (today: Rules = rules, { events = history(), every = 1 } = {}) => {
  const divergences: Array<Divergence> = []
  const trace = new DecisionTrace(every)
  const engine = new Replay({
    rules: today,
    onJudged: trace.judged,
    onDivergence: (divergence) => {
      divergences.push(divergence)
      trace.diverged(divergence)
    }
  })
  events.forEach(engine.add)
  engine.end()
  return { divergences, places: trace.places }
}

/** Rules that know a provider for a few questions only. */
const forgetful = (questions: number): Rules => {
  let asked = 0
  return { ...rules, know: () => asked++ < questions }
}

const stricter: Rules = { ...rules, token: (...asked) => ({ ...rules.token(...asked), rule: "test/new" }) }
const strictest: Rules = { ...rules, token: (...asked) => ({ ...rules.token(...asked), rule: "test/newest" }) }
const digest = (text: string) => text

describe("the decisions of a replay", () => {
  it("are the same in another replay by the same code", () => {
    const { divergences, places } = replay()
    assert.isAbove(places.length, 4)
    assert.strictEqual(firstCountDivergence(places, replay().places), undefined)
    assert.strictEqual(firstUnlike([], divergences, digest), undefined)
  })

  it("differ where one is made again no more, though none comes out otherwise", () => {
    const all = replay()
    const fewer = replay(forgetful(3))
    assert.deepStrictEqual(fewer.divergences, [])
    const last = fewer.places.at(-1)
    const gone = all.places[fewer.places.length]
    assert.isAbove(Number(gone?.seq), Number(last?.seq))
    const [kind = ""] = Object.keys(gone?.made ?? {})
    assert.deepStrictEqual(firstCountDivergence(all.places, fewer.places), { seq: gone?.seq, kind, was: 1, now: 0 })
    assert.deepStrictEqual(firstCountDivergence(fewer.places, all.places), { seq: gone?.seq, kind, was: 0, now: 1 })
  })

  it("are counted by place and kind, those that come out otherwise apart", () => {
    const events = history()
    const { divergences, places } = replay(stricter, { events, every: 1_000 })
    assert.deepStrictEqual(places, [
      {
        seq: 1_000,
        made: {
          [`CooldownStarted of ${credentialId}`]: 2,
          [`ErrorClassified of ${credentialId}`]: 4,
          [`ErrorClassified of ${credentialId}, otherwise`]: 2
        }
      }
    ])
    assert.strictEqual(divergences.length, 2)
  })
})

describe("decisions that come out otherwise", () => {
  const was = (today: Rules) => replay(today).divergences.map((divergence) => kept(divergence, digest))

  it("are told if they were as recorded before", () => {
    const { divergences } = replay(stricter)
    assert.deepStrictEqual(firstUnlike([], divergences, digest), { was: undefined, now: divergences[0] })
    assert.deepStrictEqual(firstUnlike(was(stricter).slice(0, 1), divergences, digest), {
      was: undefined,
      now: divergences[1]
    })
  })

  it("are told if they are as recorded now", () => {
    const [first, second] = was(stricter)
    assert.deepStrictEqual(firstUnlike(was(stricter), [], digest), { was: first, now: undefined })
    assert.deepStrictEqual(firstUnlike(was(stricter), replay(stricter).divergences.slice(0, 1), digest), {
      was: second,
      now: undefined
    })
  })

  it("are told if they come out in a third way", () => {
    const { divergences } = replay(strictest)
    assert.deepStrictEqual(firstUnlike(was(stricter), divergences, digest), {
      was: { ...was(stricter)[0], fields: { rule: '"test/new"' } } as never,
      now: divergences[0]
    })
  })
})

describe("a decision where the present code sees none to make", () => {
  it("is one that is missing", () => {
    const { events } = new Scribe(defaults)
      .refused({ status: 429 })
      .write({ ...accepted(generation(1)), data: { ...accepted(generation(1)).data, last: 1 } } as never, {
        type: "CooldownCleared",
        v: 1,
        credential: credentialId,
        data: { by: "success" }
      })
    const { divergences } = replay(rules, { events })
    assert.deepStrictEqual(
      divergences.map(({ fields, type }) => [type, fields]),
      [["CooldownCleared", [{ field: "event", recorded: "CooldownCleared", now: undefined }]]]
    )
  })
})
