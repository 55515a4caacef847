import { Fingerprint } from "@daybook/pool/Fingerprint"
import { type GrantId, Seq } from "@daybook/pool/Ids"
import { bringerOf, grantById, versionOf } from "@daybook/pool/PoolState"
import { assert, describe, it } from "@effect/vitest"
import {
  accepted,
  accessOnly,
  actor,
  adopted,
  applied,
  at,
  attemptId,
  benched,
  by,
  classified,
  cleared,
  enrolled,
  enrolledOther,
  eventId,
  failed,
  generation,
  given,
  grantAfter,
  grantId,
  healthAfter,
  hour,
  lifted,
  lost,
  minute,
  observed,
  otherActor,
  otherGrantId,
  quarantined,
  refusedByApi,
  sameRefresh,
  second,
  start,
  started,
  stashed,
  type Step,
  stored,
  succeeded
} from "./support.ts"

const first = generation(1)
const next = generation(2)
const third = generation(3)
const quietAfter = start + minute

describe("the lineage", () => {
  it("begins with the first generation seen", () => {
    const grant = grantAfter(enrolled(), observed(first))
    assert.deepStrictEqual(grant.current, first)
    assert.deepStrictEqual(grant.lineage, [
      { generation: first, by: actor, seq: Seq.make(2), at: start + second, sent: 0 }
    ])
  })

  it("keeps account and deadline over an answer that does not repeat them", () => {
    const whole = { ...first, account: Fingerprint.make("fp_accountaccountxx"), deadline: start + 30 * minute }
    const { current } = grantAfter(observed(whole), started(whole, 1), succeeded(whole, next, 1))
    assert.deepStrictEqual(current, { ...next, account: whole.account, deadline: whole.deadline })
  })

  it("counts a sending by the refresh token, when nothing else was left of its generation", () => {
    const { lineage } = grantAfter(observed(first), started({ refresh: first.refresh! }, 1))
    assert.deepStrictEqual(
      lineage.map(({ sent }) => sent),
      [1]
    )
  })

  it("grows with every success, and says how often each was sent", () => {
    const { current, lineage } = grantAfter(
      observed(first),
      started(first, 1),
      failed(first, { left: false }, 1),
      started(first, 2),
      succeeded(first, next, 2)
    )
    assert.deepStrictEqual(current, next)
    assert.deepStrictEqual(
      lineage.map(({ generation, sent }) => [generation, sent]),
      [
        [first, 2],
        [next, 0]
      ]
    )
  })

  it("remembers who brought a generation, however often others see it again", () => {
    const steps = [observed(first), by(otherActor, succeeded(first, next)), observed(next, "watch")]
    assert.strictEqual(bringerOf(grantAfter(...steps)), otherActor)
    assert.strictEqual(bringerOf(grantAfter(observed(first))), actor)
    assert.isUndefined(bringerOf(grantAfter()))
  })

  it("keeps the newest 64 generations", () => {
    const steps = Array.from({ length: 70 }, (_, n) => observed(generation(n)))
    const { lineage } = grantAfter(...steps)
    assert.strictEqual(lineage.length, 64)
    assert.deepStrictEqual(lineage.at(0)?.generation, generation(6))
    assert.deepStrictEqual(lineage.at(-1)?.generation, generation(69))
  })

  it("a generation that was followed by another is not the current one again, whoever sees it", () => {
    assert.deepStrictEqual(grantAfter(observed(first), observed(next), observed(first, "watch")).current, next)
  })

  it("a generation whose race was won by another actor stays in it", () => {
    const grant = grantAfter(observed(first), adopted(first, next))
    assert.deepStrictEqual(grant.current, next)
    assert.strictEqual(grant.lineage.length, 2)
  })

  it("a stashed successor and a recovered login are used at once", () => {
    assert.deepStrictEqual(grantAfter(observed(first), stashed(first, next)).current, next)
    const recovery = grantAfter(observed(first), {
      type: "RecoveryAdopted",
      v: 1,
      data: { grant: grantId, generation: next, from: "codex-cli" }
    })
    assert.deepStrictEqual(recovery.current, next)
  })
})

describe("the version", () => {
  const version = (id: GrantId = grantId, ...steps: ReadonlyArray<Step>) => versionOf(given(...steps), id)

  it("is 0 before the first refresh event, and then that event's seq", () => {
    assert.strictEqual(version(grantId, enrolled()), 0)
    assert.strictEqual(version(grantId, enrolled(), observed(first)), 2)
    assert.strictEqual(version(grantId, enrolled(), observed(first), started(first)), 3)
  })

  it("does not move with the use, the membership or the policy", () => {
    const steps = [enrolled(), observed(first), accepted(first), benched(start + hour), applied("p"), enrolledOther()]
    assert.strictEqual(version(grantId, ...steps), 2)
    const read = { type: "VaultRead", v: 1, data: { grant: grantId, store: "own", found: "none" } } as const
    assert.strictEqual(version(grantId, ...steps, read), 2)
  })

  it("does not move with another grant's events", () => {
    const data = { generation: next, where: "own", how: "enrol", grant: otherGrantId } as const
    const state = given(observed(first), { type: "GenerationObserved", v: 1, data })
    assert.strictEqual(versionOf(state, grantId), 1)
    assert.strictEqual(versionOf(state, otherGrantId), 2)
  })

  it("remembers who moved it", () => {
    assert.strictEqual(grantAfter(observed(first)).movedBy, actor)
    assert.strictEqual(grantAfter(observed(first), by(otherActor, started(first))).movedBy, otherActor)
  })
})

describe("a terminal verdict", () => {
  it("kills the current generation, with reason, rule and moment", () => {
    assert.deepStrictEqual(grantAfter(observed(first), quarantined(first, "refresh", "Reused")).health, {
      _tag: "Dead",
      generation: first,
      bound: "refresh",
      reason: "Reused",
      rule: "test/rule",
      since: start + second,
      event: eventId(2),
      cleared: false,
      suspect: undefined
    })
  })

  it("about another generation changes nothing", () => {
    assert.strictEqual(healthAfter(observed(first), observed(next), quarantined(first)), "Live")
    assert.strictEqual(healthAfter(observed(first), quarantined(next)), "Live")
    assert.strictEqual(healthAfter(observed(first), observed(next), quarantined(first, "access")), "Live")
  })

  const arrivals = {
    "a new generation in the store": observed(next, "watch"),
    "a new login": observed(next, "login"),
    "a late success": succeeded(first, next),
    "an adopted race": adopted(first, next),
    "a stashed successor": stashed(first, next)
  }
  for (const [name, arrival] of Object.entries(arrivals)) {
    it(`is lifted by ${name}`, () => {
      const grant = grantAfter(observed(first), quarantined(first), arrival)
      assert.strictEqual(grant.health._tag, "Live")
      assert.deepStrictEqual(grant.current, next)
    })
  }

  it("about the refresh token outlives another access token with the same refresh token", () => {
    const grant = grantAfter(observed(first), quarantined(first), observed(sameRefresh(first, 2), "watch"))
    assert.strictEqual(grant.health._tag, "Dead")
    assert.deepStrictEqual(grant.current, sameRefresh(first, 2))
  })

  it("about the access token ends with that access token", () => {
    const dead = [observed(first), quarantined(first, "access")]
    assert.strictEqual(healthAfter(...dead), "Dead")
    assert.strictEqual(healthAfter(...dead, observed(sameRefresh(first, 2), "watch")), "Live")
    assert.strictEqual(healthAfter(...dead, adopted(first, sameRefresh(first, 2))), "Live")
  })

  it("is not lifted by seeing the same generation again", () => {
    assert.strictEqual(healthAfter(observed(first), quarantined(first), observed(first, "reload")), "Dead")
    assert.strictEqual(healthAfter(observed(first), quarantined(first, "access"), adopted(first, first)), "Dead")
  })

  it("about an API key is not lifted by seeing the same key again", () => {
    const key = accessOnly(1)
    const dead = [observed(key), quarantined(key, "access")]
    assert.strictEqual(healthAfter(...dead, observed(key, "reload")), "Dead")
    assert.strictEqual(healthAfter(...dead, adopted(key, key)), "Dead")
    assert.strictEqual(healthAfter(...dead, observed(accessOnly(2), "watch")), "Live")
  })

  it("about a refresh token is not weakened when the API then refuses the access token as well", () => {
    const { health } = grantAfter(
      observed(first),
      quarantined(first, "refresh", "Reused"),
      quarantined(first, "access")
    )
    assert.isTrue(health._tag === "Dead" && health.bound === "refresh" && health.reason === "Reused")
  })

  it("about the access token yields to one about the refresh token", () => {
    const { health } = grantAfter(
      observed(first),
      quarantined(first, "access"),
      quarantined(first, "refresh", "Reused")
    )
    assert.isTrue(health._tag === "Dead" && health.bound === "refresh" && health.reason === "Reused")
  })

  it("about the access token leaves an unfinished verdict about the refresh token to its holder", () => {
    const waiting = grantAfter(observed(first), started(first), failed(first), quarantined(first, "access"))
    assert.isDefined(waiting.unclassified)
    const condemned = grantAfter(
      observed(first),
      started(first),
      failed(first),
      classified(first, { verdict: "Terminal", reason: "Revoked" }),
      quarantined(first, "access")
    )
    assert.isDefined(condemned.condemned)
  })

  it("says when its store was seen not to hold its tokens any more", () => {
    const dead = [observed(first), quarantined(first)]
    const clearedAfter = (...more: ReadonlyArray<Step>) => {
      const { health } = grantAfter(...dead, ...more)
      return health._tag === "Dead" && health.cleared
    }
    assert.isTrue(clearedAfter(cleared(first)))
    assert.isTrue(clearedAfter(cleared(first, false)))
    assert.isFalse(clearedAfter(cleared(next)))
  })
})

describe("a revival", () => {
  const dead = [observed(first), started(first), failed(first), quarantined(first)]

  it("by an operator brings exactly that generation back, for one sending", () => {
    const grant = grantAfter(...dead, lifted(first))
    assert.strictEqual(grant.health._tag, "Live")
    assert.deepStrictEqual(grant.revived, first)
    assert.isUndefined(grantAfter(...dead, lifted(first), started(first, 2)).revived)
  })

  it("of another generation does nothing", () => {
    const grant = grantAfter(...dead, lifted(next))
    assert.strictEqual(grant.health._tag, "Dead")
    assert.isUndefined(grant.revived)
  })

  it("of a live generation does nothing", () => {
    assert.isUndefined(grantAfter(observed(first), lifted(first)).revived)
  })

  it("by a new generation allows no sending of the old one", () => {
    assert.isUndefined(grantAfter(...dead, lifted(first, "generation")).revived)
  })

  it("is over when a new generation arrives", () => {
    assert.isUndefined(grantAfter(...dead, lifted(first), observed(next)).revived)
  })

  it("may end in quarantine again", () => {
    assert.strictEqual(healthAfter(...dead, lifted(first), started(first, 2), quarantined(first)), "Dead")
  })
})

describe("an attempt", () => {
  const underWay = [observed(first), by(otherActor, started(first, 1, "unauthorized"))]

  it("is open from its intent on, with who sent what and why", () => {
    assert.deepStrictEqual(grantAfter(...underWay).open, {
      attempt: attemptId(1),
      generation: first,
      trigger: "unauthorized",
      event: eventId(2),
      actor: otherActor,
      at: start + second,
      timeLimit: 20 * second
    })
  })

  it("is closed by its success, its failure or the loss of its answer", () => {
    for (const end of [succeeded(first, next), failed(first), lost(first, quietAfter)]) {
      assert.isUndefined(grantAfter(...underWay, end).open, end.type)
    }
  })

  it("is not closed by the end of another attempt", () => {
    for (const end of [succeeded(first, next, 9), failed(first, {}, 9), lost(first, quietAfter, 9)]) {
      assert.isDefined(grantAfter(...underWay, end).open, end.type)
    }
  })

  it("of a generation that is no longer current is closed, and says nothing about the current one", () => {
    for (const end of [failed(first), lost(first, quietAfter)]) {
      const grant = grantAfter(...underWay, observed(next, "watch"), end)
      assert.isUndefined(grant.open, end.type)
      assert.isUndefined(grant.unclassified, end.type)
      assert.strictEqual(grant.health._tag, "Live", end.type)
    }
  })
})

describe("a lost answer", () => {
  const lostOnce = [observed(first), started(first), at(start + minute, lost(first, quietAfter))]

  it("makes the generation suspect until an earlier request can no longer arrive", () => {
    const { health } = grantAfter(...lostOnce)
    assert.isTrue(health._tag === "Suspect" && health.quietAfter === quietAfter && health.replays === 0)
  })

  it("says nothing against a token that can be sent again, and closes its attempt", () => {
    const event = lost(first, quietAfter)
    if (event.type !== "OutcomeLost") throw new Error(event.type)
    const grant = grantAfter(observed(first), started(first), { ...event, data: { ...event.data, suspect: false } })
    assert.deepStrictEqual([grant.health._tag, grant.open], ["Live", undefined])
  })

  it("counts from the sending, since that is when the token may have been spent", () => {
    const { health } = grantAfter(observed(first), at(start, started(first)), at(start + hour, lost(first, quietAfter)))
    assert.strictEqual(health._tag === "Suspect" ? health.since : undefined, start)
  })

  it("counts the replays that were not answered either, and keeps the first loss's moment", () => {
    const { health } = grantAfter(
      ...lostOnce,
      started(first, 2, "replay"),
      at(start + hour, lost(first, start + 2 * hour, 2))
    )
    assert.isTrue(
      health._tag === "Suspect" &&
        health.replays === 1 &&
        health.since === start + second &&
        health.quietAfter === start + 2 * hour
    )
  })

  it("is cleared by a success, an adopted race and a new generation", () => {
    for (const arrival of [succeeded(first, next), adopted(first, next), observed(next, "watch")]) {
      assert.strictEqual(healthAfter(...lostOnce, arrival), "Live", arrival.type)
    }
  })

  it("is cleared by a success without rotation: the refresh token proved itself", () => {
    assert.strictEqual(healthAfter(...lostOnce, succeeded(first, sameRefresh(first, 2))), "Live")
  })

  it("is not cleared by another access token with the same refresh token", () => {
    assert.strictEqual(healthAfter(...lostOnce, observed(sameRefresh(first, 2), "watch")), "Suspect")
  })

  it("does not undo a death", () => {
    for (const doubt of [lost(first, quietAfter), classified(first, { reason: "ServerError", suspect: true })]) {
      assert.strictEqual(healthAfter(observed(first), started(first), quarantined(first), doubt), "Dead", doubt.type)
    }
  })

  it("stays in mind when the API refuses the access token, before or after", () => {
    const refused = quarantined(first, "access")
    const sent = [observed(first), started(first)]
    for (const steps of [
      [...sent, lost(first, quietAfter), refused],
      [...sent, refused, lost(first, quietAfter)]
    ]) {
      assert.strictEqual(healthAfter(...steps), "Dead")
      const { health } = grantAfter(...steps, observed(sameRefresh(first, 2), "watch"))
      assert.isTrue(health._tag === "Suspect" && health.quietAfter === quietAfter && health.replays === 0)
      assert.strictEqual(healthAfter(...steps, observed(next, "watch")), "Live")
    }
  })

  it("ends in quarantine when a replay is refused for good", () => {
    const { health } = grantAfter(...lostOnce, quarantined(first, "refresh", "ResponseLost"))
    assert.isTrue(health._tag === "Dead" && health.reason === "ResponseLost")
  })
})

describe("a failure", () => {
  const refused = [observed(first), started(first), failed(first, { status: 429, retryAfter: start + hour })]

  it("waits unclassified, with its evidence, until its own classification", () => {
    const { backoff, unclassified } = grantAfter(...refused)
    assert.deepStrictEqual(unclassified?.evidence, { left: true, status: 429, retryAfter: start + hour })
    assert.isFalse(unclassified?.replay)
    assert.isUndefined(backoff)
    assert.isDefined(grantAfter(...refused, classified(first, { reason: "RateLimited" }, 9)).unclassified)
    assert.isUndefined(grantAfter(...refused, classified(first, { reason: "RateLimited" })).unclassified)
  })

  it("of a suspect generation is the answer to a replay", () => {
    const { unclassified } = grantAfter(
      observed(first),
      started(first),
      lost(first, quietAfter),
      started(first, 2, "replay"),
      failed(first, {}, 2)
    )
    assert.isTrue(unclassified?.replay)
  })

  it("that is Transient postpones the next try", () => {
    const { backoff, health } = grantAfter(
      ...refused,
      classified(first, { reason: "ServerError", retryAt: start + minute })
    )
    assert.strictEqual(health._tag, "Live")
    assert.deepStrictEqual(backoff, {
      reason: "ServerError",
      rule: "test/rule",
      failures: 1,
      retryAt: start + minute,
      demanded: false
    })
  })

  it("counts in a row, until a success", () => {
    const again = [
      ...refused,
      classified(first, { reason: "ServerError" }),
      started(first, 2),
      failed(first, {}, 2),
      classified(first, { reason: "ServerError" }, 2)
    ]
    assert.strictEqual(grantAfter(...again).backoff?.failures, 2)
    assert.isUndefined(grantAfter(...again, started(first, 3), succeeded(first, next, 3)).backoff)
  })

  it("demands its time if the answer itself named it, whatever it was called", () => {
    const demanded = (retryAt: number, reason: "RateLimited" | "ServerError") =>
      grantAfter(...refused, classified(first, { reason, retryAt })).backoff?.demanded
    assert.isTrue(demanded(start + hour, "RateLimited"))
    assert.isTrue(demanded(start + hour, "ServerError"))
    assert.isFalse(demanded(start + minute, "RateLimited"))
  })

  it("that may have spent the token makes it suspect, until its request can no longer arrive", () => {
    const { health } = grantAfter(
      observed(first),
      started(first),
      failed(first, { status: 502 }),
      at(start + minute, classified(first, { reason: "ServerError", suspect: true }))
    )
    assert.isTrue(health._tag === "Suspect" && health.quietAfter === start + 21 * second)
  })

  it("that is Terminal condemns the generation until it is quarantined", () => {
    const condemned = [...refused, classified(first, { verdict: "Terminal", reason: "Revoked" })]
    const grant = grantAfter(...condemned)
    assert.strictEqual(grant.health._tag, "Live")
    assert.deepStrictEqual(grant.condemned, {
      generation: first,
      reason: "Revoked",
      rule: "test/rule",
      event: eventId(4)
    })
    assert.isUndefined(grantAfter(...condemned, quarantined(first)).condemned)
    assert.isUndefined(grantAfter(...condemned, adopted(first, next)).condemned)
  })

  it("of a generation that was followed by another changes nothing", () => {
    const moved = [...refused, adopted(first, next)]
    for (const conclusion of [
      { reason: "RateLimited", retryAt: start + hour },
      { verdict: "Terminal", reason: "Revoked" },
      { reason: "ServerError", suspect: true },
      { reason: "Unrecognized" }
    ] as const) {
      const { version: _v, ...before } = grantAfter(...moved)
      const { version, ...after } = grantAfter(...moved, classified(first, conclusion))
      assert.strictEqual(version, 5)
      assert.deepStrictEqual(after, before)
    }
  })
})

describe("strikes", () => {
  const unrecognised = (instant: number, attempt: number) => [
    at(instant, started(first, attempt)),
    at(instant, failed(first, {}, attempt)),
    at(instant, classified(first, { reason: "Unrecognized", shape: "s" }, attempt))
  ]
  const strikes = (...steps: ReadonlyArray<Step>) => grantAfter(enrolled(), observed(first), ...steps).strikes.length

  it("count different minutes, not answers", () => {
    assert.strictEqual(strikes(...unrecognised(start, 1), ...unrecognised(start + 59 * second, 2)), 1)
    assert.strictEqual(strikes(...unrecognised(start, 1), ...unrecognised(start + minute, 2)), 2)
  })

  it("do not count answers that several grants of the provider got", () => {
    const answer = classified(first, { reason: "Unrecognized", providerWide: true })
    assert.strictEqual(strikes(started(first), failed(first), answer), 0)
  })

  it("do not count answers that are understood", () => {
    assert.strictEqual(strikes(started(first), failed(first), classified(first, { reason: "ServerError" })), 0)
  })

  it("are over with a new generation and with a revival", () => {
    const struck = [...unrecognised(start, 1), ...unrecognised(start + minute, 2)]
    assert.strictEqual(strikes(...struck, observed(next)), 0)
    assert.strictEqual(strikes(...struck, quarantined(first), lifted(first)), 0)
  })
})

describe("refusals by the API", () => {
  const refusals = (...steps: ReadonlyArray<Step>) => grantAfter(enrolled(), ...steps).refusedInARow
  const refusedTwice = [observed(first), refusedByApi(first), succeeded(first, next), refusedByApi(next)]

  it("count successive generations, each once", () => {
    assert.strictEqual(refusals(observed(first), refusedByApi(first), refusedByApi(first)), 1)
    assert.strictEqual(refusals(...refusedTwice), 2)
  })

  it("are forgotten when a call is accepted", () => {
    const grant = grantAfter(enrolled(), ...refusedTwice, accepted(next))
    assert.strictEqual(grant.refusedInARow, 0)
    assert.isUndefined(grant.refusedAccess)
  })

  it("are forgotten with a new login, and not with a refresh", () => {
    assert.strictEqual(refusals(...refusedTwice, observed(third, "login")), 0)
    assert.strictEqual(refusals(...refusedTwice, succeeded(next, third)), 2)
  })

  it("name the access token, so one without its refresh token counts as well", () => {
    assert.strictEqual(refusals(observed(first), refusedByApi(accessOnly(1))), 1)
  })

  it("of an older access token change nothing, even if the refresh token is still the same", () => {
    assert.strictEqual(refusals(observed(first), observed(next), refusedByApi(first)), 0)
    assert.strictEqual(refusals(observed(first), succeeded(first, sameRefresh(first, 2)), refusedByApi(first)), 0)
  })

  it("for other reasons are no such refusals", () => {
    assert.strictEqual(refusals(observed(first), refusedByApi(first, "RateLimited")), 0)
  })
})

describe("a stashed successor", () => {
  it("is remembered until it reached its store", () => {
    const waiting = [observed(first), stashed(first, next)]
    assert.deepStrictEqual(grantAfter(...waiting).stashed, { consumed: first, next })
    assert.isUndefined(grantAfter(...waiting, stored(next)).stashed)
  })

  it("is not forgotten when an older one reached its store", () => {
    const grant = grantAfter(observed(first), stashed(first, next), stashed(next, third), stored(next))
    assert.deepStrictEqual(grant.stashed, { consumed: next, next: third })
  })
})

it("an event about a grant never seen makes it known", () => {
  const state = given(quarantined(first))
  assert.strictEqual(grantById(state, grantId).health._tag, "Dead")
})
