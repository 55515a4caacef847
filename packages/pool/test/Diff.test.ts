import { fold } from "@daybook/pool/Evolve"
import { Differ, diff, type Difference } from "@daybook/pool/queries/Diff"
import { assert, describe, it } from "@effect/vitest"
import * as StateSnapshot from "@daybook/pool/StateSnapshot"
import { Option, Result } from "effect"
import { decode } from "@daybook/pool/Recorded"
import {
  accepted,
  actor,
  at,
  benched,
  credentialId,
  enrolled,
  enrolledOther,
  eventId,
  fingerprint,
  generation,
  grantId,
  hour,
  minute,
  observed,
  opened,
  otherCredentialId,
  otherGrantId,
  paused,
  quarantined,
  recorded,
  removed,
  resumed,
  start,
  started,
  type Step,
  succeeded
} from "./support.ts"

const first = generation(1)
const next = generation(2)
const live = [opened, enrolled(), observed(first)]

const ofOther = (step: Step): Step => ({ ...step, credential: otherCredentialId }) as Step

const between = (before: ReadonlyArray<Step>, then: ReadonlyArray<Step>, later?: number): ReadonlyArray<Difference> => {
  const from = fold(recorded(before))
  const events = recorded(then, before.length)
  const to = fold(events, from)
  return diff({ state: from, at: from.latest }, { state: to, at: later ?? to.latest }, events)
}

const only = (differences: ReadonlyArray<Difference>): Difference => {
  const [difference, ...others] = differences
  if (difference === undefined || others.length > 0) throw new Error(`${differences.length} differences, not one`)
  return difference
}

/** Each changed axis, and the events that changed it. */
const changed = ({ changes }: Difference) =>
  Object.fromEntries(changes.map(({ axis, by }) => [axis, by.newest.map(({ seq }) => Number(seq))]))

describe("between two moments", () => {
  it("nothing differs where nothing happened, or only what concerns no credential", () =>
    assert.deepStrictEqual(between(live, [opened]), []))

  it("a refresh changed the tokens, and nothing else", () => {
    const difference = only(between(live, [started(first), succeeded(first, next)]))
    assert.deepStrictEqual(changed(difference), { generation: [5] })
    assert.strictEqual(difference.before?.axes.generation?.refresh, first.refresh)
    assert.strictEqual(difference.after.axes.generation?.refresh, next.refresh)
  })

  it("a death changed the word and the health, and the event that did it is named", () => {
    const difference = only(between(live, [accepted(first), quarantined(first)]))
    assert.deepStrictEqual([difference.before?.word, difference.after.word, difference.what], ["ok", "dead", "changed"])
    assert.deepStrictEqual(changed(difference), { health: [5], use: [4] })
    const [blamed] = difference.changes.find(({ axis }) => axis === "health")?.by.newest ?? []
    assert.deepInclude(blamed, { type: "CredentialQuarantined", actor, at: start + 4000 })
  })

  it("a state that was read back from a snapshot is no other one", () => {
    const state = fold(recorded([...live, started(first), succeeded(first, next)]))
    const again = Option.getOrThrow(StateSnapshot.decode(StateSnapshot.encode(state)))
    assert.deepStrictEqual(diff({ state, at: start }, { state: again, at: start }, []), [])
  })

  it("what was not there before differs from what is, and the other way round", () => {
    const [here, there] = [enrolled(), enrolled({ store: { kind: "own", path: "/grants/1.json", slot: "tokens" } })]
    assert.deepInclude(changed(only(between([opened, here], [there]))), { store: [3] })
    assert.deepInclude(changed(only(between([opened, there], [here]))), { store: [3] })
  })

  it("what changed and changed back is no difference", () =>
    assert.deepStrictEqual(between(live, [paused, resumed]), []))

  it("an axis has every event that changed it, the newest few by name", () => {
    const many = Array.from({ length: 9 }, () => accepted(first))
    const [change] = only(between(live, many)).changes
    assert.deepStrictEqual([change?.axis, change?.by.count], ["use", 9])
    assert.deepStrictEqual(
      change?.by.newest.map(({ seq }) => Number(seq)),
      [9, 10, 11, 12]
    )
  })

  it("a bench that ended by itself was ended by no event, whatever was written after it", () => {
    const later = at(start + hour, accepted(first))
    const difference = only(between([...live, benched(start + minute)], [later]))
    assert.deepStrictEqual(changed(difference), { cooldown: [], use: [5] })
    assert.deepStrictEqual([difference.before?.word, difference.after.word], ["cooling", "ok"])
  })

  it("time alone can make the difference", () => {
    const difference = only(between([...live, benched(start + minute)], [], start + hour))
    assert.deepStrictEqual(changed(difference), { cooldown: [] })
  })

  it("a credential joined, with the event that enrolled it", () => {
    const difference = only(between(live, [enrolledOther()]))
    assert.deepInclude(difference, { credential: otherCredentialId, what: "joined", before: undefined })
    assert.deepStrictEqual(changed(difference), { membership: [4] })
  })

  it("a credential left", () => {
    const difference = only(between(live, [removed]))
    assert.strictEqual(difference.what, "left")
    assert.deepStrictEqual([difference.before?.word, difference.after.word], ["ok", undefined])
    assert.deepStrictEqual(changed(difference), { membership: [4] })
  })

  it("a credential joined and left, and one that had left before is not told of", () => {
    const difference = only(between([...live, removed], [enrolledOther(), ofOther(removed)]))
    assert.deepInclude(difference, { credential: otherCredentialId, what: "passed" })
    assert.deepStrictEqual(changed(difference), { membership: [5, 6] })
  })

  it("another credential of the account cools, and so does this one", () => {
    const account = { account: fingerprint("account") }
    const both = [
      ...live.slice(0, 2),
      observed(generation(1, account)),
      enrolledOther(),
      { ...observed(first), data: { ...seen, generation: generation(3, account) } } as Step
    ]
    const differences = between(both, [benched(start + hour)])
    assert.deepStrictEqual(
      differences.map((difference) => [difference.credential, difference.after.word, changed(difference)]),
      [
        [credentialId, "cooling", { cooldown: [6] }],
        [otherCredentialId, "cooling", {}]
      ]
    )
  })

  it("an event of a newer version is blamed for what it blocks", () => {
    const events = [
      Result.getOrThrow(
        decode({
          seq: 4,
          at: new Date(start + hour).toISOString(),
          id: eventId(4),
          actor,
          type: "New",
          v: 1,
          data: { grant: grantId }
        })
      )
    ]
    const from = fold(recorded(live))
    const difference = only(diff({ state: from, at: start }, { state: fold(events, from), at: start + hour }, events))
    assert.deepStrictEqual(changed(difference), { pending: [4] })
    assert.strictEqual(difference.changes[0]?.by.newest[0]?.type, "New")
  })
})

const seen = { grant: otherGrantId, where: "own", how: "enrol" }

it("only events that name what differs are asked for, and no others are needed", () => {
  const before = [...live, enrolledOther()]
  const then = [paused, ofOther(paused), ofOther(resumed)]
  const from = fold(recorded(before))
  const events = recorded(then, before.length)
  const differ = new Differ({ state: from, at: start }, { state: fold(events, from), at: start + hour })
  assert.deepStrictEqual(differ.names, [credentialId, grantId])
  for (const event of events) if (JSON.stringify(event).includes(`"${credentialId}"`)) differ.take(event)
  assert.deepStrictEqual(changed(only(differ.differences())), { operator: [5] })
})

it("differences stand in the order of providers and priorities, whatever happened first", () => {
  const named = (name: string, provider: string, priority: number) =>
    enrolled({ provider, priority, grant: otherGrantId }, name as typeof credentialId)
  const order = between([opened], [named("c", "xai", 0), named("b", "nous", 1), named("a", "nous", 0)])
  assert.deepStrictEqual(
    order.map(({ credential }) => String(credential)),
    ["a", "b", "c"]
  )
})
