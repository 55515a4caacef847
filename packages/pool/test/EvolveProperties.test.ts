import { catalogue, grantOf } from "@daybook/pool/Event"
import { evolve, fold } from "@daybook/pool/Evolve"
import { empty, grantById, type PoolState, versionOf } from "@daybook/pool/PoolState"
import { decode, type Recorded } from "@daybook/pool/Recorded"
import { assert, it } from "@effect/vitest"
import { Arbitrary, Effect, Equal, HashMap, Result, Schema } from "effect"
import * as arbitrary from "./arbitraries.ts"
import { actor, eventId, grantId } from "./support.ts"

const ledger = arbitrary.ledgerOf(arbitrary.event)
const grantLedger = arbitrary.ledgerOf(arbitrary.grantEvent)

const deepFreeze = (value: unknown): void => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  Object.values(value).forEach(deepFreeze)
}

/** All but the inside of the maps, which are a library's and cache their hashes. */
const freeze = (state: PoolState): void => {
  Object.freeze(state)
  for (const map of [state.actors, state.credentials, state.grants, state.providers]) {
    for (const [, value] of map as HashMap.HashMap<unknown, object>) {
      Object.freeze(value)
      Object.values(value)
        .filter((part) => !HashMap.isHashMap(part))
        .forEach(deepFreeze)
    }
  }
}

const states = (events: ReadonlyArray<Recorded>): ReadonlyArray<PoolState> =>
  events.map((_, index) => fold(events.slice(0, index + 1)))

it.prop(
  "whatever a ledger holds gives a state, and its head is the last event",
  { ledger },
  ({ ledger }) => {
    const state = fold(ledger)
    assert.strictEqual(state.head, ledger.length)
    assert.strictEqual(state.unknown, 0)
  },
  arbitrary.thorough
)

it.prop(
  "folding a prefix and then the rest gives what folding all gives",
  { ledger, cut: Schema.Natural },
  ({ cut, ledger }) => {
    const at = cut % (ledger.length + 1)
    assert.isTrue(Equal.equals(fold(ledger.slice(at), fold(ledger.slice(0, at))), fold(ledger)))
  }
)

it.prop("the head counts up, and the latest instant never goes back", { ledger }, ({ ledger }) => {
  states(ledger).reduce((before, after) => {
    assert.isAbove(after.head, before.head)
    assert.isAtLeast(after.latest, before.latest)
    return after
  }, empty)
})

it.prop("evolve changes neither the state nor the event that it is given", { ledger }, ({ ledger }) => {
  ledger.forEach(deepFreeze)
  let state = empty
  for (const event of ledger) {
    freeze(state)
    const before = { ...state }
    const after = evolve(state, event)
    assert.deepStrictEqual({ ...state }, before)
    state = after
  }
})

it.prop(
  "a grant's version is the place of its last refresh event, whoever the event was about",
  { ledger: grantLedger },
  ({ ledger }) => {
    const state = fold(ledger)
    const moves = ledger.filter(
      (event) => event.type !== "Unknown" && catalogue[event.type].refresh && grantOf(event) === grantId
    )
    assert.strictEqual(versionOf(state, grantId), moves.at(-1)?.seq ?? 0)
  }
)

it.prop(
  "a lineage holds each generation once, and the current one is its last",
  { ledger: grantLedger },
  ({ ledger }) => {
    for (const grant of HashMap.values(fold(ledger).grants)) {
      const names = grant.lineage.map(({ generation }) => `${generation.access}/${generation.refresh}`)
      assert.strictEqual(new Set(names).size, names.length)
      assert.deepStrictEqual(grant.lineage.at(-1)?.generation, grant.current)
    }
  }
)

it.prop("a verdict always names a token of the current generation", { ledger: grantLedger }, ({ ledger }) => {
  for (const { current, health } of HashMap.values(fold(ledger).grants)) {
    if (current === undefined || health._tag === "Live") continue
    const bound = health._tag === "Dead" ? health.bound : "refresh"
    assert.strictEqual(health.generation[bound], current[bound])
  }
})

it.prop(
  "a dead refresh token stays dead until another one comes, it proves itself, or the quarantine is lifted",
  { ledger: grantLedger },
  ({ ledger }) => {
    const ends = new Set(["RefreshSucceeded", "SuccessorStashed", "RecoveryAdopted", "QuarantineLifted"])
    let state = empty
    for (const event of ledger) {
      const after = evolve(state, event)
      for (const [id, { current, health }] of state.grants) {
        if (health._tag !== "Dead" || health.bound !== "refresh" || ends.has(event.type)) continue
        const then = grantById(after, id)
        if (then.current?.refresh !== current?.refresh || current?.refresh === undefined) continue
        assert.deepStrictEqual([then.health._tag, event.type], ["Dead", event.type])
      }
      state = after
    }
  },
  arbitrary.thorough
)

it.prop(
  "events of a newer program, anywhere between, change nothing but the count, the head and what they block",
  { ledger, at: Schema.Natural },
  ({ at, ledger }) => {
    const known = ledger.slice(0, at % ledger.length)
    const unknown = Result.getOrThrow(
      decode({
        seq: known.length + 1,
        at: "2026-11-22T10:00:00.000Z",
        id: eventId(9),
        actor,
        type: "MoonPhaseObserved",
        v: 1,
        data: {}
      })
    )
    const before = fold(known)
    const after = evolve(before, unknown)
    assert.isTrue(Equal.equals({ ...after, unknown: 0, head: before.head, latest: before.latest }, before))
    assert.strictEqual(after.unknown, 1)
  }
)

it.effect(
  "the generators meet: arbitrary ledgers reach every kind of health, and every other slot of a grant",
  () =>
    Effect.gen(function* () {
      const ledgers = yield* Arbitrary.sampleEffect(grantLedger, {
        ...arbitrary.thorough.arbitrary,
        count: 1000,
        seed: 1
      })
      const grants = ledgers.flatMap((events) => Array.from(HashMap.values(fold(events).grants)))
      assert.deepStrictEqual([...new Set(grants.map(({ health }) => health._tag))].toSorted(), [
        "Dead",
        "Live",
        "Suspect"
      ])
      for (const slot of ["current", "open", "unclassified", "condemned", "backoff", "stashed", "revived"] as const) {
        assert.isTrue(
          grants.some((grant) => grant[slot] !== undefined),
          slot
        )
      }
    }),
  120_000
)
