import { HashMap, Option } from "effect"
import { assert, describe, it } from "@effect/vitest"
import { grantById, members, type PoolState } from "@daybook/pool/PoolState"
import { actorsKept } from "../src/internal/evolveActors.ts"
import {
  accepted,
  actor,
  actorId,
  applied,
  at,
  benched,
  by,
  classified,
  credentialId,
  enrolled,
  enrolledOther,
  failed,
  generation,
  given,
  grantId,
  hour,
  joined,
  ledger,
  minute,
  observed,
  onlyMember,
  opened,
  otherActor,
  otherCredentialId,
  paused,
  provider,
  removed,
  resumed,
  start,
  started,
  type Step
} from "./support.ts"

const first = generation(1)
const ids = (state: PoolState) => members(state).map(({ id }) => id)
const about = { v: 1, credential: credentialId } as const

describe("the ledger", () => {
  it("is known by its first line", () => {
    assert.deepStrictEqual(given(at(start, opened)).ledger, { id: ledger, openedAt: start })
  })

  it("knows its writers, and the policy each decides by", () => {
    const { actors } = given(joined, by(otherActor, joined), applied("first"), applied("second"))
    assert.strictEqual(Option.getOrThrow(HashMap.get(actors, actor)).policyHash, "second")
    assert.isUndefined(Option.getOrThrow(HashMap.get(actors, otherActor)).policyHash)
  })

  it("forgets writers of long ago, but for those that a grant names, and knows one again that joins again", () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => by(actorId(1_000 + index), joined))
    const early = [by(actor, joined), enrolled(), by(actor, observed(first)), by(otherActor, joined)]
    const { actors } = given(...early, ...many(2_000))
    assert.isAtMost(HashMap.size(actors), 2 * actorsKept + 1)
    assert.isTrue(HashMap.has(actors, actor))
    assert.isFalse(HashMap.has(actors, otherActor))
    assert.isTrue(HashMap.has(actors, actorId(2_999)))
    assert.isTrue(HashMap.has(given(...early, ...many(2_000), by(otherActor, joined)).actors, otherActor))
  })

  it("its latest instant does not go back when a clock does", () => {
    assert.strictEqual(given(at(start + hour, joined), at(start, enrolled())).latest, start + hour)
  })
})

describe("membership", () => {
  it("a credential is enrolled with what was said of it, enabled and ready", () => {
    const credential = onlyMember(given(at(start, enrolled({ label: "work", priority: 3 }))))
    assert.strictEqual(credential.label, "work")
    assert.strictEqual(credential.priority, 3)
    assert.strictEqual(credential.operator, "enabled")
    assert.isUndefined(credential.cooldown)
    assert.strictEqual(credential.enrolledAt, start)
  })

  it("members stand in order of priority, then of enrolment", () => {
    assert.deepStrictEqual(ids(given(enrolled(), enrolledOther())), [credentialId, otherCredentialId])
    assert.deepStrictEqual(ids(given(enrolledOther(), enrolled())), [otherCredentialId, credentialId])
    assert.deepStrictEqual(ids(given(enrolled({ priority: 1 }), enrolledOther())), [otherCredentialId, credentialId])
    const moved = { ...about, type: "CredentialPrioritised", data: { priority: 9 } } as const
    assert.deepStrictEqual(ids(given(enrolled(), enrolledOther(), moved)), [otherCredentialId, credentialId])
  })

  it("a removed credential is no member, and its grant's history stays", () => {
    const state = given(enrolled(), observed(first), removed)
    assert.deepStrictEqual(ids(state), [])
    assert.deepStrictEqual(grantById(state, grantId).current, first)
  })

  it("a removed credential says who removed it, until it is enrolled again", () => {
    const removedBy = (state: PoolState) => HashMap.getUnsafe(state.credentials, credentialId).removedBy
    const byStore: Step = { type: "CredentialRemoved", ...about, data: { by: "store" } }
    assert.deepStrictEqual(
      [given(enrolled()), given(enrolled(), byStore), given(enrolled(), byStore, enrolled())].map(removedBy),
      [undefined, "store", undefined]
    )
  })

  it("keeps what an operator said of it when its store's program adds it again, and else begins anew", () => {
    const said: ReadonlyArray<Step> = [
      enrolled(),
      { type: "CredentialPaused", ...about, data: { keepalive: true } },
      { type: "CredentialRelabelled", ...about, data: { label: "at home" } },
      { type: "CredentialPrioritised", ...about, data: { priority: 7 } }
    ]
    const after = (...steps: ReadonlyArray<Step>) => {
      const found = HashMap.getUnsafe(given(...steps, enrolled()).credentials, credentialId)
      return [found.operator, found.keepalive, found.label, found.relabelled, found.priority, found.removed]
    }
    const left = (by: "store" | "operator"): Step => ({ type: "CredentialRemoved", ...about, data: { by } })
    const fresh = after()
    assert.deepStrictEqual(after(...said, left("store")), ["paused", true, "at home", true, 7, false])
    assert.deepStrictEqual(after(...said, left("store"), enrolled(), left("store")), after(...said, left("store")))
    assert.deepStrictEqual(after(enrolled(), left("store")), fresh)
    assert.deepStrictEqual(after(...said, left("operator")), fresh)
  })

  it("a removed credential that is enrolled again is a member again", () => {
    assert.deepStrictEqual(ids(given(enrolled(), removed, enrolled())), [credentialId])
  })

  it("an operator pauses and resumes, which leaves the grant alone", () => {
    assert.strictEqual(onlyMember(given(enrolled(), paused)).operator, "paused")
    assert.strictEqual(onlyMember(given(enrolled(), paused, resumed)).operator, "enabled")
    assert.strictEqual(grantById(given(enrolled(), observed(first), paused), grantId).health._tag, "Live")
  })

  it("a paused credential is kept fresh only if the operator says so", () => {
    const kept = { ...about, type: "CredentialPaused", data: { keepalive: true } } as const
    assert.isFalse(onlyMember(given(enrolled(), paused)).keepalive)
    assert.isTrue(onlyMember(given(enrolled(), kept)).keepalive)
    assert.isFalse(onlyMember(given(enrolled(), kept, paused)).keepalive)
    assert.isFalse(onlyMember(given(enrolled(), kept, resumed)).keepalive)
  })

  it("a label is replaced, or taken away when it may only stand in its store", () => {
    const relabelled = (label?: string) =>
      ({ ...about, type: "CredentialRelabelled", data: label === undefined ? {} : { label } }) as const
    assert.strictEqual(onlyMember(given(enrolled({ label: "a" }), relabelled("b"))).label, "b")
    assert.isFalse("label" in onlyMember(given(enrolled({ label: "a" }), relabelled())))
  })

  it("an event about a credential that was never enrolled makes no member", () => {
    assert.deepStrictEqual(ids(given(paused, benched(start), accepted(first))), [])
  })
})

describe("cooldowns", () => {
  const until = start + hour
  const clearedFor = (model?: string) =>
    ({
      ...about,
      type: "CooldownCleared",
      data: { by: "success", ...(model === undefined ? {} : { model }) }
    }) as const

  it("bench a credential, or one model on it, and the two are kept apart", () => {
    const whole = onlyMember(given(enrolled(), benched(until)))
    assert.deepStrictEqual(whole.cooldown, { until, reason: "RateLimited" })
    assert.strictEqual(HashMap.size(whole.modelCooldowns), 0)
    const model = onlyMember(given(enrolled(), benched(until, "gpt-5")))
    assert.isUndefined(model.cooldown)
    assert.deepStrictEqual(
      HashMap.get(model.modelCooldowns, "gpt-5"),
      Option.some({ until, reason: "RateLimited" as const })
    )
  })

  it("are cleared each by its own", () => {
    const both = [enrolled(), benched(until), benched(until, "gpt-5")]
    const whole = onlyMember(given(...both, clearedFor()))
    assert.isUndefined(whole.cooldown)
    assert.isTrue(HashMap.has(whole.modelCooldowns, "gpt-5"))
    const model = onlyMember(given(...both, clearedFor("gpt-5")))
    assert.isDefined(model.cooldown)
    assert.isFalse(HashMap.has(model.modelCooldowns, "gpt-5"))
  })

  it("bench one credential, not its sister on the same grant", () => {
    const [, sister] = members(given(enrolled(), enrolledOther({ grant: grantId }), benched(until)))
    assert.strictEqual(sister?.id, otherCredentialId)
    assert.isUndefined(sister?.cooldown)
  })

  it("do not touch the grant", () => {
    assert.strictEqual(grantById(given(enrolled(), observed(first), benched(until)), grantId).health._tag, "Live")
  })
})

describe("use", () => {
  it("counts accepted and refused calls, and remembers the generation accepted last", () => {
    const refusal = {
      ...about,
      type: "ApiOutcomeObserved",
      data: { generation: first, accepted: false, count: 2 }
    } as const
    const credential = onlyMember(given(enrolled(), accepted(first, 3), at(start + hour, accepted(first)), refusal))
    assert.strictEqual(credential.accepted, 4)
    assert.strictEqual(credential.refused, 2)
    assert.deepStrictEqual(credential.lastAccepted, first)
    assert.strictEqual(credential.lastAcceptedAt, start + hour)
  })

  it("keeps the quota windows that were seen last", () => {
    const quota = (usedPercent: number) =>
      ({ ...about, type: "QuotaObserved", data: { windows: [{ name: "primary", usedPercent }] } }) as const
    assert.deepStrictEqual(onlyMember(given(enrolled(), quota(10), quota(20))).quota, [
      { name: "primary", usedPercent: 20 }
    ])
  })
})

describe("answers that nobody knows", () => {
  const unknownAnswer = (providerWide?: true) => [
    enrolled(),
    observed(first),
    started(first),
    failed(first),
    at(
      start + minute,
      classified(first, {
        reason: "Unrecognized",
        shape: "418/teapot",
        retryAt: start + hour,
        ...(providerWide === undefined ? {} : { providerWide })
      })
    )
  ]
  const ofProvider = (...steps: ReadonlyArray<Step>) => HashMap.get(given(...steps).providers, provider)

  it("are remembered for the provider, with whose they were", () => {
    assert.deepStrictEqual(
      ofProvider(...unknownAnswer()),
      Option.some({
        retryAt: undefined,

        unrecognized: { grant: grantId, shape: "418/teapot", at: start + minute }
      })
    )
  })

  it("postpone the whole provider when several grants got them", () => {
    assert.strictEqual(Option.getOrThrow(ofProvider(...unknownAnswer(true))).retryAt, start + hour)
  })

  it("are nothing to the provider when they are understood", () => {
    const understood = classified(first, { reason: "ServerError", shape: "500" })
    assert.isTrue(Option.isNone(ofProvider(enrolled(), observed(first), started(first), failed(first), understood)))
  })
})
