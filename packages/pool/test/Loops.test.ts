import type { EventOf } from "@daybook/pool/Event"
import type { Generation, GenerationRef } from "@daybook/pool/Generation"
import { defaults } from "@daybook/pool/Policy"
import { hermes } from "@daybook/pool/HermesPolicy"
import { type Loop, loopsIn, loopTypes, makeLoopDetector } from "@daybook/pool/queries/Loops"
import { assert, describe, it } from "@effect/vitest"
import {
  accepted,
  actor,
  actorId,
  adopted,
  at,
  by,
  classified,
  credentialId,
  enrolled,
  eventId,
  failed,
  generation,
  grantId,
  hour,
  lifted,
  lost,
  minute,
  observed,
  otherActor,
  otherCredentialId,
  otherGrantId,
  paused,
  quarantined,
  recorded,
  refusedByApi,
  removed,
  sameRefresh,
  second,
  start,
  started,
  stashed,
  type Step,
  succeeded
} from "./support.ts"

const day = 24 * hour

const loopsAfter = (steps: ReadonlyArray<Step>, later = 0): ReadonlyArray<Loop> => {
  const events = recorded(steps)
  return loopsIn(events, (events.at(-1)?.at ?? start) + later)
}

const kindsAfter = (...steps: ReadonlyArray<Step>) => loopsAfter(steps).map(({ kind }) => kind)

const only = (loops: ReadonlyArray<Loop>): Loop => {
  const [loop, ...others] = loops
  if (loop === undefined || others.length > 0) throw new Error(`${loops.length} loops, not one`)
  return loop
}

/** So many times, each so many milliseconds after the one before. */
const every = (
  millis: number,
  times: number,
  steps: (n: number, when: number) => ReadonlyArray<Step>
): ReadonlyArray<Step> =>
  Array.from({ length: times }, (_, n) => {
    const when = start + (n + 1) * millis
    return steps(n + 1, when).map((step, place) => ({ at: when + place, ...step }))
  }).flat()

const refusedForGood = (sent: GenerationRef, attempt = 1): ReadonlyArray<Step> => [
  failed(sent, { status: 400, code: "invalid_grant" }, attempt),
  classified(sent, { verdict: "Terminal", reason: "Revoked", rule: "token/invalid-grant" }, attempt)
]

const benchedFor = (
  reason: EventOf<"CooldownStarted">["data"]["reason"],
  length: number,
  when: number,
  { model, of, namedEnd }: { readonly model?: string; readonly of?: GenerationRef; readonly namedEnd?: number } = {}
): ReadonlyArray<Step> => {
  const id = eventId(1_000_000 + when - start)
  return [
    { ...classified(of ?? generation(1), { surface: "api", verdict: reason, rule: `api/${reason}` }), id, at: when },
    {
      type: "CooldownStarted",
      v: 1,
      credential: credentialId,
      cause: id,
      at: when,
      data: { until: namedEnd ?? when + length, reason, ...(model === undefined ? {} : { model }) }
    }
  ].map((step): Step => {
    if (namedEnd === undefined || step.type !== "ErrorClassified") return step as Step
    return { ...step, data: { ...(step.data as EventOf<"ErrorClassified">["data"]), retryAt: namedEnd } } as Step
  })
}

const clearedBy = (who: EventOf<"CooldownCleared">["data"]["by"]): Step => ({
  type: "CooldownCleared",
  v: 1,
  credential: credentialId,
  data: { by: who }
})

const read = (found: GenerationRef, standing: "stale" | "newer" = "stale"): Step => ({
  type: "VaultRead",
  v: 1,
  credential: credentialId,
  data: { grant: grantId, store: "hermes", found: "generation", generation: found, standing }
})

const dated = (n: number, issuedAt: number, lifetime = hour): Generation =>
  generation(n, { issuedAt, expiresAt: issuedAt + lifetime })

describe("a dead refresh token that is sent again", () => {
  const dead = [observed(generation(1)), started(generation(1)), ...refusedForGood(generation(1))]
  const again = (attempt: number, evidence: Parameters<typeof failed>[1] = { status: 400 }) => [
    started(generation(1), attempt),
    failed(generation(1), evidence, attempt)
  ]

  it("is a loop from the second time on, with the rule that had judged it", () => {
    const loop = only(loopsAfter([...dead, ...again(2), ...again(3), ...again(4)]))
    assert.include(loop, {
      kind: "dead-token-replayed",
      credential: credentialId,
      grant: grantId,
      iterations: 3,
      wasted: 3,
      rule: "token/invalid-grant",
      stop: "log-in",
      running: true
    })
    assert.deepStrictEqual(loop.first, { seq: 6, at: start + 5 * second })
    assert.strictEqual(loop.period, 2 * second)
  })

  it("is none the first time: that process had not read the verdict yet", () => {
    assert.deepStrictEqual(kindsAfter(...dead, ...again(2)), [])
  })

  it("is none if nothing left", () => {
    assert.deepStrictEqual(kindsAfter(...dead, ...again(2, { left: false }), ...again(3, { left: false })), [])
  })

  it("counts a sending whose answer was lost", () => {
    const unanswered = (attempt: number) => [started(generation(1), attempt), lost(generation(1), start, attempt)]
    assert.include(kindsAfter(...dead, ...unanswered(2), ...unanswered(3)), "dead-token-replayed")
  })

  it("is none where an operator revives it each time", () => {
    const revived = (attempt: number) => [
      lifted(generation(1)),
      ...again(attempt),
      ...refusedForGood(generation(1), attempt)
    ]
    assert.notInclude(kindsAfter(...dead, ...revived(2), ...revived(3), ...revived(4)), "dead-token-replayed")
  })

  it("is a loop where a new login ended the quarantine, and the old token is sent all the same", () => {
    const replaced = [quarantined(generation(1)), lifted(generation(1), "generation"), observed(generation(2), "login")]
    assert.deepStrictEqual(kindsAfter(...dead, ...replaced, ...again(2), ...again(3)), ["dead-token-replayed"])
  })

  it("is a loop where the token was spent, whoever spent it", () => {
    const spent = [started(generation(1)), succeeded(generation(1), generation(2))]
    assert.include(only(loopsAfter([...spent, ...again(2), ...again(3)])), { stop: "one-writer", rule: undefined })
    const lostRace = [adopted(generation(1), generation(2))]
    assert.deepStrictEqual(kindsAfter(...lostRace, ...again(2), ...again(3)), ["dead-token-replayed"])
  })

  it("is known under another grant: the same token was enrolled once more", () => {
    const elsewhere = (step: Step): Step => ({ ...step, data: { ...step.data, grant: otherGrantId } }) as Step
    const loop = only(loopsAfter([...dead, ...[...again(2), ...again(3)].map(elsewhere)]))
    assert.strictEqual(loop.grant, otherGrantId)
  })

  it("is none where a provider does not rotate: the token goes on", () => {
    const kept = [started(generation(1)), succeeded(generation(1), sameRefresh(generation(1), 2))]
    assert.deepStrictEqual(kindsAfter(...kept, ...again(2), ...again(3), ...again(4)), [])
  })

  it("is none where a race brought another access token only, or where that alone is dead", () => {
    const goesOn = adopted(generation(1), sameRefresh(generation(1), 2))
    assert.deepStrictEqual(kindsAfter(goesOn, ...again(2), ...again(3)), [])
    assert.deepStrictEqual(kindsAfter(quarantined(generation(1), "access"), ...again(2), ...again(3)), [])
  })

  it("is known after thousands of others, as long as it is sent now and then", () => {
    const others = (from: number) =>
      Array.from({ length: 2_100 }, (_, n) =>
        classified(generation(from + n), { verdict: "Terminal", reason: "Revoked" }, 9)
      )
    const twice = [...dead, ...others(10), ...again(2), ...others(5_000), ...again(3)]
    assert.deepStrictEqual(kindsAfter(...twice), ["dead-token-replayed"])
    assert.deepStrictEqual(kindsAfter(...dead, ...others(10), lifted(generation(1)), ...again(2), ...again(3)), [])
  })

  it("is none for a pair that was displaced and is used again", () => {
    const displaced = adopted(generation(1), generation(2))
    const fallback = adopted(generation(2), generation(1))
    assert.deepStrictEqual(kindsAfter(displaced, fallback, ...again(2), ...again(3)), [])
  })

  it("is none while only its answers are lost: those are replays", () => {
    const outage = every(hour, 100, (n, when) => [
      started(generation(1), n, n === 1 ? "expired" : "replay"),
      failed(generation(1), { fault: "ETIMEDOUT" }, n),
      classified(generation(1), { reason: "OutcomeUnknown", suspect: true, retryAt: when + hour }, n)
    ])
    assert.deepStrictEqual(kindsAfter(observed(generation(1)), ...outage), [])
  })

  it("ends when the token turns out to be alive", () => {
    const loop = only(loopsAfter([...dead, ...again(2), ...again(3), succeeded(generation(1), generation(2), 4)]))
    assert.isFalse(loop.running)
    assert.strictEqual(loop.ended?.seq, 9)
  })
})

describe("an access token that the API has refused", () => {
  const refusals = (millis: number, times: number) => every(millis, times, () => [refusedByApi(generation(1))])

  it("is a loop if calls go on with it", () => {
    const loop = only(loopsAfter([observed(generation(1)), ...refusals(minute, 6)]))
    assert.include(loop, { kind: "dead-token-replayed", iterations: 5, wasted: 5, period: minute, rule: "test/rule" })
  })

  it("is a loop even at two calls a second", () => {
    assert.deepStrictEqual(kindsAfter(...refusals(second / 2, 240)), ["dead-token-replayed"])
  })

  it("is none for a crowd that was under way, however large", () => {
    assert.deepStrictEqual(kindsAfter(...refusals(50, 1_000)), [])
  })

  it("counts two calls within a second once", () => {
    const pairs = every(minute, 5, () => [refusedByApi(generation(1)), refusedByApi(generation(1))])
    assert.deepStrictEqual(kindsAfter(...pairs), [])
  })

  it("is none if an operator revives it in between", () => {
    const later = refusals(minute, 4).map((step) => at((step.at ?? start) + 10 * minute, step))
    assert.deepStrictEqual(kindsAfter(...refusals(minute, 4), lifted(generation(1)), ...later), [])
  })

  it("is none if each time it is another token", () => {
    assert.deepStrictEqual(kindsAfter(...every(hour, 50, (n) => [refusedByApi(generation(n))])), [])
  })

  it("is none where the refusal is not about the token", () => {
    assert.deepStrictEqual(kindsAfter(...every(minute, 50, () => [refusedByApi(generation(1), "RateLimited")])), [])
  })
})

describe("an old pair in the store", () => {
  const overwritten = (millis: number, times: number) =>
    every(millis, times, (n) => [
      started(generation(n), n),
      succeeded(generation(n), generation(n + 1), n),
      read(generation(n))
    ])

  it("is a loop if it is put there again after each of our refreshes; none of our requests is wasted", () => {
    const loop = only(loopsAfter(overwritten(hour, 4)))
    assert.include(loop, { kind: "dead-token-replayed", iterations: 4, wasted: 0, stop: "one-writer", period: hour })
    assert.deepStrictEqual(loop.stores, ["hermes"])
  })

  it("is none twice", () => {
    assert.deepStrictEqual(kindsAfter(...overwritten(hour, 2)), [])
  })

  it("is none where many processes find the same one", () => {
    const seen = every(minute, 100, (n) => [by(n % 2 === 0 ? actor : otherActor, read(generation(1)))])
    assert.deepStrictEqual(kindsAfter(succeeded(generation(1), generation(2)), ...seen), [])
  })

  it("is none if it lost its refresh token, or has the one that goes on", () => {
    const [bare, kept] = [{ access: generation(1).access! }, sameRefresh(generation(1), 90)]
    const found = (old: GenerationRef) =>
      every(hour, 9, (n) => [succeeded(generation(1), sameRefresh(generation(1), n + 1), n), read(old)])
    assert.deepStrictEqual([...kindsAfter(...found(bare)), ...kindsAfter(...found(kept))], [])
  })

  it("is none where what is found is newer", () => {
    const newer = every(hour, 20, (n) => [
      succeeded(generation(2 * n), generation(2 * n + 1), n),
      read(generation(2 * n + 2), "newer"),
      adopted(generation(2 * n + 1), generation(2 * n + 2))
    ])
    assert.deepStrictEqual(kindsAfter(...newer), [])
  })
})

describe("a refresh that changes nothing", () => {
  it("is a loop from the third answer with the same access token on", () => {
    const same = every(minute, 4, (n) => [
      started(generation(1), n),
      succeeded(generation(1), { ...generation(1), expiresAt: start + hour }, n)
    ])
    const loop = only(loopsAfter(same))
    assert.include(loop, { kind: "refresh-changes-nothing", iterations: 4, wasted: 4, stop: "check-api" })
  })

  it("is none if the third brings another one", () => {
    const cached = (n: number) => succeeded(generation(1), generation(1), n)
    assert.deepStrictEqual(
      kindsAfter(cached(1), cached(2), succeeded(generation(1), generation(2), 3), cached(4), cached(5)),
      []
    )
  })

  it("is a loop if no access token comes at all", () => {
    const barren = every(hour, 3, (n) => [succeeded(generation(n), { refresh: generation(n + 1).refresh! }, n)])
    assert.deepStrictEqual(kindsAfter(...barren), ["refresh-changes-nothing"])
  })

  const refusedAfter = (wait: number, millis: number, times: number) =>
    every(millis, times, (n, when) => [
      started(generation(n), n, "unauthorized"),
      succeeded(generation(n), dated(n + 1, when), n),
      at(when + wait, refusedByApi(generation(n + 1)))
    ])

  it("is a loop if the third new token in a row is refused at once", () => {
    const loop = only(loopsAfter([observed(generation(1)), ...refusedAfter(2 * second, 20 * minute, 3)]))
    assert.include(loop, {
      kind: "refresh-changes-nothing",
      iterations: 3,
      wasted: 6,
      period: 20 * minute,
      policy: "deniedBackoff",
      rule: "test/rule"
    })
  })

  it("is none twice, nor if each token is of use first", () => {
    assert.deepStrictEqual(kindsAfter(...refusedAfter(2 * second, 20 * minute, 2)), [])
    assert.deepStrictEqual(kindsAfter(...refusedAfter(6 * minute, 20 * minute, 30)), [])
  })

  it("is none if one of them is of use in between", () => {
    const used = every(hour, 1, (_, when) => [
      at(when + 10 * hour, succeeded(generation(3), dated(4, when + 10 * hour), 9)),
      at(when + 11 * hour, succeeded(generation(4), dated(5, when + 11 * hour), 10)),
      at(when + 11 * hour, refusedByApi(generation(5)))
    ])
    assert.deepStrictEqual(kindsAfter(...refusedAfter(2 * second, 20 * minute, 2), ...used), [])
  })

  it("is none where a person logs in each time", () => {
    const logins = every(20 * minute, 5, (n) => [observed(generation(n), "login"), refusedByApi(generation(n))])
    assert.deepStrictEqual(kindsAfter(...logins), [])
  })

  it("is none where another program brings the tokens", () => {
    const brought = every(20 * minute, 5, (n, when) => [
      adopted(generation(n), dated(n + 1, when)),
      refusedByApi(generation(n + 1))
    ])
    assert.deepStrictEqual(kindsAfter(...brought), [])
  })

  it("is none if the third was of use for a while, if a person logs in before it, or if a late call had an old token", () => {
    const two = refusedAfter(2 * second, 20 * minute, 2)
    const when = start + 60 * minute
    const third = at(when, succeeded(generation(3), dated(4, when), 3))
    assert.deepStrictEqual(kindsAfter(...two, third, at(when + 10 * minute, refusedByApi(generation(4)))), [])
    const login = at(when - minute, observed(dated(30, when - minute), "login"))
    assert.deepStrictEqual(kindsAfter(...two, third, at(when + second, refusedByApi(generation(4)))).length, 1)
    assert.deepStrictEqual(kindsAfter(...two, login, third, at(when + second, refusedByApi(generation(4)))), [])
    const late = every(20 * minute, 5, (n, now) => [
      succeeded(generation(n), dated(n + 1, now), n),
      refusedByApi(generation(n))
    ])
    assert.deepStrictEqual(kindsAfter(...late), [])
  })

  it("counts a token once, however many calls were refused with it", () => {
    const crowd = every(20 * minute, 2, (n, when) => [
      succeeded(generation(n), dated(n + 1, when), n),
      ...Array.from({ length: 10 }, () => refusedByApi(generation(n + 1)))
    ])
    assert.deepStrictEqual(kindsAfter(...crowd), [])
  })
})

describe("adoption", () => {
  const [a, b] = [generation(1), generation(2)]

  it("back and forth is a loop from the second return on", () => {
    const steps = [observed(a), adopted(a, b), adopted(b, a), adopted(a, b), adopted(b, a)]
    const loop = only(loopsAfter(steps))
    assert.include(loop, { kind: "adopt-ping-pong", iterations: 3, wasted: 0, stop: "one-writer" })
    assert.deepStrictEqual(loop.stores, ["hermes"])
  })

  it("counts the refreshes that were refused on the way", () => {
    const refusedOn = (sent: GenerationRef, n: number) => failed(sent, { status: 400 }, n)
    const steps = [observed(a), adopted(a, b), refusedOn(b, 1), adopted(b, a), refusedOn(a, 2), adopted(a, b)]
    assert.strictEqual(only(loopsAfter(steps)).wasted, 2)
  })

  it("that goes back once is none: the newer pair was dead", () => {
    assert.deepStrictEqual(kindsAfter(observed(a), adopted(a, b), adopted(b, a)), [])
  })

  it("is a loop within a second too, and no storm; of refresh tokens alone too", () => {
    const quickly = every(second, 30, (n) => [n % 2 === 0 ? adopted(b, a) : adopted(a, b)])
    assert.deepStrictEqual(kindsAfter(observed(a), ...quickly), ["adopt-ping-pong"])
    const [onlyA, onlyB] = [{ refresh: a.refresh! }, { refresh: b.refresh! }]
    const bare = [adopted(onlyA, onlyB), adopted(onlyB, onlyA), adopted(onlyA, onlyB)]
    assert.deepStrictEqual(kindsAfter(observed(onlyA), ...bare), ["adopt-ping-pong"])
  })

  it("that goes back once in a few days is none", () => {
    const rarely = every(3 * 24 * hour, 10, (n) => [n % 2 === 0 ? adopted(b, a) : adopted(a, b)])
    assert.deepStrictEqual(kindsAfter(observed(a), ...rarely), [])
  })

  it("of one winner by many is none", () => {
    const crowd = every(hour, 200, (n) =>
      Array.from({ length: 5 }, (_, who) =>
        by(who === 0 ? actor : otherActor, adopted(dated(n, start), dated(n + 1, start + n * hour)))
      )
    )
    assert.deepStrictEqual(kindsAfter(observed(generation(1)), ...crowd), [])
  })
})

describe("a refresh without an outcome", () => {
  const killed = (n: number) => [started(generation(1), n), lost(generation(1), start, n)]

  it("is a loop the third time in a row", () => {
    const loop = only(loopsAfter([...killed(1), ...killed(2), ...killed(3)]))
    assert.include(loop, {
      kind: "claim-without-outcome",
      iterations: 3,
      wasted: 3,
      stop: "let-finish",
      policy: "timeLimit"
    })
  })

  it("is none where answers come in between, be they faults", () => {
    const answered = (n: number) => [started(generation(1), n), failed(generation(1), { fault: "ECONNRESET" }, n)]
    const between = [...answered(8), ...answered(9)]
    assert.deepStrictEqual(kindsAfter(...killed(1), ...killed(2), ...between, ...killed(3), ...killed(4)), [])
  })

  it("is a loop where only the replays are answered", () => {
    const everySecond = every(hour, 3, (n, when) => [
      started(generation(n), 2 * n, "proactive"),
      lost(generation(n), when, 2 * n),
      started(generation(n), 2 * n + 1, "replay"),
      succeeded(generation(n), dated(n + 1, when), 2 * n + 1)
    ])
    assert.deepStrictEqual(kindsAfter(...everySecond), ["claim-without-outcome"])
  })

  it("is none where a crash comes once a day, and its replay is followed by refreshes that are answered", () => {
    const days = every(day, 30, (n, when) => [
      started(generation(2 * n), 10 * n, "proactive"),
      lost(generation(2 * n), when, 10 * n),
      started(generation(2 * n), 10 * n + 1, "replay"),
      succeeded(generation(2 * n), dated(2 * n + 1, when), 10 * n + 1),
      at(when + hour, started(generation(2 * n + 1), 10 * n + 2, "proactive")),
      at(when + hour, succeeded(generation(2 * n + 1), dated(2 * n + 2, when + hour), 10 * n + 2))
    ])
    assert.deepStrictEqual(kindsAfter(...days), [])
  })

  it("is none for one that is under way, or that found a winner", () => {
    const found = (n: number) => [started(generation(n), n), adopted(generation(n), generation(n + 1))]
    assert.deepStrictEqual(kindsAfter(...[1, 2, 3, 4].flatMap(found), started(generation(5), 9)), [])
    const aside = (n: number) => [started(generation(n), n), stashed(generation(n), generation(n + 1))]
    assert.deepStrictEqual(kindsAfter(...[1, 2, 3, 4].flatMap(aside)), [])
  })
})

describe("a quarantine", () => {
  const flaps = (
    millis: number,
    times: number,
    reason: EventOf<"CredentialQuarantined">["data"]["reason"] = "Revoked"
  ) =>
    every(millis, times, (n) => [
      quarantined(generation(n), "refresh", reason),
      lifted(generation(n), "generation"),
      observed(generation(n + 1), "login")
    ])

  it("that comes back within a day is a loop the third time", () => {
    const loop = only(loopsAfter(flaps(10 * hour, 4)))
    assert.include(loop, {
      kind: "quarantine-flapping",
      iterations: 4,
      wasted: 3,
      period: 10 * hour,
      rule: "test/rule",
      stop: "log-in"
    })
    assert.strictEqual(only(loopsAfter(flaps(hour, 3, "Reused"))).stop, "one-writer")
  })

  it("is none the second time", () => {
    assert.deepStrictEqual(kindsAfter(...flaps(hour, 2)), [])
  })

  it("is none if the login lived for longer than a day each time", () => {
    assert.deepStrictEqual(kindsAfter(...flaps(25 * hour, 20)), [])
  })

  it("is none if the login could be refreshed a few times before it died", () => {
    const working = (refreshes: number) =>
      every(8 * hour, 5, (n, when) => [
        observed(dated(10 * n, when), "login"),
        ...Array.from({ length: refreshes }, (_, more) => {
          const later = when + more * hour
          return at(later, succeeded(generation(10 * n + more), dated(10 * n + more + 1, later)))
        }),
        quarantined(generation(10 * n + refreshes))
      ])
    assert.deepStrictEqual(kindsAfter(...working(3)), [])
    assert.deepStrictEqual(kindsAfter(...working(2)), ["quarantine-flapping"])
  })

  it("is none if several events say the same", () => {
    assert.deepStrictEqual(kindsAfter(...every(hour, 5, () => [quarantined(generation(1))])), [])
  })

  it("is a loop if an operator revives what is dead", () => {
    const revived = every(minute, 3, () => [quarantined(generation(1)), by(otherActor, lifted(generation(1)))])
    assert.deepStrictEqual(kindsAfter(...revived), ["quarantine-flapping"])
  })

  it("is lifted by new tokens too, where nobody says so", () => {
    const silent = every(hour, 3, (n) => [
      quarantined(generation(n), "access"),
      succeeded(generation(n), generation(n + 1), n)
    ])
    assert.include(kindsAfter(...silent), "quarantine-flapping")
  })
})

describe("a bench", () => {
  it("of a revoked login is a loop the third time, however long the policy makes it", () => {
    const loop = only(loopsAfter(every(hour + second, 7, (_, when) => benchedFor("GrantRevoked", hour, when))))
    assert.include(loop, {
      kind: "cooldown-reentry",
      credential: credentialId,
      iterations: 7,
      wasted: 6,
      period: hour + second,
      rule: "api/GrantRevoked",
      policy: "benches",
      stop: "log-in"
    })
  })

  it("of a revoked login is none if it is another login each time", () => {
    const logins = every(2 * hour, 9, (n, when) => benchedFor("GrantRevoked", hour, when, { of: generation(n) }))
    assert.deepStrictEqual(kindsAfter(...logins), [])
  })

  it("of a revoked login is none twice", () => {
    assert.deepStrictEqual(kindsAfter(...every(2 * hour, 2, (_, when) => benchedFor("GrantRevoked", hour, when))), [])
  })

  it("for a bill that is not paid is a loop the sixth time", () => {
    const unpaid = (times: number) =>
      every(hour + minute, times, (n, when) => benchedFor("BillingRequired", hour, when, { of: generation(n) }))
    assert.deepStrictEqual(kindsAfter(...unpaid(5)), [])
    assert.include(only(loopsAfter(unpaid(6))), {
      kind: "cooldown-reentry",
      iterations: 6,
      wasted: 5,
      policy: "cooldown.BillingRequired",
      stop: "pay"
    })
  })

  it("is named as the policy has it", () => {
    const steps = every(2 * minute, 6, (_, when) => benchedFor("BillingRequired", minute, when))
    const applied = (policy: typeof defaults): Step => ({ type: "PolicyApplied", v: 1, data: { policy, hash: "h" } })
    assert.strictEqual(only(loopsAfter([applied(hermes), ...steps])).policy, "benches")
  })

  it("for a bill is none if the credential could be used for longer than the bench in between", () => {
    const rare = every(3 * hour, 20, (_, when) => benchedFor("BillingRequired", hour, when))
    assert.deepStrictEqual(kindsAfter(...rare), [])
  })

  it("for a bill is none if an accepted call or a person ended one of them", () => {
    const unpaid = every(hour + minute, 4, (_, when) => benchedFor("BillingRequired", hour, when))
    const later = unpaid.map((step) => at((step.at ?? start) + 5 * hour, step))
    assert.deepStrictEqual(kindsAfter(...unpaid, at(start + 5 * hour, clearedBy("success")), ...later), [])
  })

  it("counts all refusals between two benches as wasted, and no call that was under way as a bench", () => {
    const crowd = every(2 * hour, 3, (_, when) => [
      ...benchedFor("GrantRevoked", hour, when),
      ...benchedFor("GrantRevoked", hour, when + 10 * second)
    ])
    assert.include(only(loopsAfter(crowd)), { iterations: 3, wasted: 4 })
  })

  it("counts no refusal of another kind as wasted", () => {
    const mixed = every(2 * hour, 3, (_, when) => [
      ...benchedFor("GrantRevoked", hour, when),
      at(when + 90 * minute, refusedByApi(generation(1), "UpstreamFault")),
      at(when + 91 * minute, refusedByApi(generation(1), "RequestFault"))
    ])
    assert.strictEqual(only(loopsAfter(mixed)).wasted, 2)
  })

  it("for a quota that is used up every day is none, nor for a rate limit every minute", () => {
    const quota = every(day, 100, (_, when) =>
      benchedFor("QuotaExhausted", 5 * hour, when, { namedEnd: when + 5 * hour })
    )
    const limits = every(2 * minute, 1_000, (_, when) => benchedFor("RateLimited", minute, when))
    assert.deepStrictEqual([...kindsAfter(...quota), ...kindsAfter(...limits)], [])
  })

  it("for a bill is none where the provider itself named its end", () => {
    const named = every(day, 10, (_, when) => benchedFor("BillingRequired", hour, when, { namedEnd: when + 23 * hour }))
    assert.deepStrictEqual(kindsAfter(...named), [])
  })

  it("of one model is told apart from one of the credential", () => {
    const both = every(hour + minute, 6, (n, when) =>
      benchedFor("NotEntitled", hour, when, n % 2 === 0 ? {} : { model: "large" })
    )
    assert.deepStrictEqual(kindsAfter(...both), [])
    const model = every(hour + minute, 6, (_, when) => benchedFor("NotEntitled", hour, when, { model: "large" }))
    assert.include(only(loopsAfter(model)), { model: "large", stop: "pause" })
  })
})

describe("refreshes", () => {
  const refreshes = (millis: number, times: number, lifetime = hour) =>
    every(millis, times, (n, when) => [
      started(generation(n), n, "unauthorized"),
      succeeded(generation(n), dated(n + 1, when, lifetime), n)
    ])

  it("that come long before the tokens end are a storm from the tenth on", () => {
    assert.deepStrictEqual(kindsAfter(...refreshes(minute, 10)), [])
    assert.deepStrictEqual(kindsAfter(...refreshes(minute, 11)), ["refresh-storm"])
    const loop = only(loopsAfter(refreshes(minute, 31)))
    assert.include(loop, { kind: "refresh-storm", iterations: 30, wasted: 30, period: minute, stop: "calm-callers" })
  })

  it("in the second half of each lifetime are none", () => {
    assert.deepStrictEqual(kindsAfter(...refreshes(30 * minute, 1_000)), [])
    assert.deepStrictEqual(kindsAfter(...refreshes(45 * second, 1_000, minute)), [])
    assert.deepStrictEqual(kindsAfter(...refreshes(20 * minute, 1_000)), [])
  })

  it("of tokens that were old when they came are none", () => {
    const old = every(minute, 30, (n, when) => [adopted(generation(n), dated(n + 1, when - 50 * minute))])
    assert.deepStrictEqual(kindsAfter(...old), [])
  })

  it("that bring the same access token are no storm beside that", () => {
    const { access } = generation(1)
    const same = every(minute, 30, (n) => [
      succeeded({ ...generation(n), access: access! }, { ...generation(n + 1), access: access! }, n)
    ])
    assert.deepStrictEqual(kindsAfter(...same), ["refresh-changes-nothing"])
  })

  it("are none if the API had refused the tokens before", () => {
    const refused = every(10 * minute, 50, (n, when) => [
      succeeded(generation(n), dated(n + 1, when), n),
      at(when + 9 * minute, refusedByApi(generation(n + 1)))
    ])
    assert.deepStrictEqual(kindsAfter(...refused), [])
  })

  it("are a storm if nobody says how long tokens live, and one follows the other within seconds", () => {
    const hasty = (millis: number) => every(millis, 12, (n) => [succeeded(generation(n), generation(n + 1), n)])
    assert.deepStrictEqual(kindsAfter(...hasty(20 * second)), ["refresh-storm"])
    assert.deepStrictEqual(kindsAfter(...hasty(2 * minute)), [])
  })

  it("of two programs that outdo each other are a storm of both", () => {
    const duel = every(minute, 15, (n, when) => [
      succeeded(dated(2 * n, when), dated(2 * n + 1, when), n),
      at(when + 30 * second, adopted(dated(2 * n + 1, when), dated(2 * n + 2, when + 30 * second)))
    ])
    const loop = only(loopsAfter(duel))
    assert.strictEqual(loop.kind, "refresh-storm")
    assert.deepStrictEqual(loop.stores, ["hermes"])
  })

  it("end with one that was due", () => {
    const due = at(start + 2 * hour, succeeded(generation(31), dated(32, start + 2 * hour), 99))
    const loop = only(loopsAfter([...refreshes(minute, 30), due]))
    assert.strictEqual(loop.ended?.at, start + 2 * hour)
  })
})

describe("what is said of a loop", () => {
  const hourly = (times: number) => every(hour + second, times, (_, when) => benchedFor("GrantRevoked", hour, when))

  it("names the processes that took part, the first sixteen", () => {
    const many = every(2 * hour, 5, (n, when) =>
      benchedFor("GrantRevoked", hour, when).map((step) => by(n === 3 ? otherActor : actor, step))
    )
    assert.deepStrictEqual(only(loopsAfter(many)).actors, [actor, otherActor])
    const crowd = every(2 * hour, 20, (n, when) =>
      benchedFor("GrantRevoked", hour, when).map((step) => by(actorId(n), step))
    )
    assert.deepStrictEqual(
      only(loopsAfter(crowd)).actors,
      Array.from({ length: 16 }, (_, n) => actorId(n + 1))
    )
  })

  it("runs as long as its next iteration is not overdue", () => {
    assert.isTrue(only(loopsAfter(hourly(5), 2 * hour)).running)
    assert.isFalse(only(loopsAfter(hourly(5), 4 * hour)).running)
    const hasty = every(second, 20, (n) => [succeeded(generation(n), generation(n + 1), n)])
    assert.isTrue(only(loopsAfter(hasty, 5 * minute)).running)
    assert.isFalse(only(loopsAfter(hasty, 11 * minute)).running)
  })

  it("has for its period the median of the newest distances, and none below nothing", () => {
    const slowThenFast = [
      ...every(2 * hour, 200, (_, when) => benchedFor("GrantRevoked", hour, when)),
      ...every(2 * minute, 70, (_, when) => benchedFor("GrantRevoked", minute, when + 400 * hour))
    ]
    assert.strictEqual(only(loopsAfter(slowThenFast)).period, 2 * minute)
    const uneven = [1, 3, 5, 20].flatMap((hours) => benchedFor("GrantRevoked", hour, start + hours * hour))
    assert.strictEqual(only(loopsAfter(uneven)).period, 2 * hour)
    const backwards = [3, 2, 1].flatMap((n) => [
      at(start + n, started(generation(1), n)),
      at(start + n, lost(generation(1), start, n))
    ])
    assert.strictEqual(only(loopsAfter(backwards)).period, 0)
  })

  it("stands in the order of their beginnings, of the newest thousand and a few hundred more", () => {
    const model = (n: number) =>
      [1, 3, 5, 7, 9, 11].flatMap((hours) =>
        benchedFor("NotEntitled", hour, start + n * day + hours * hour, { model: `m${n}` })
      )
    const models = (count: number) => Array.from({ length: count }, (_, n) => model(n)).flat()
    const long = every(2 * hour, 7, (_, when) => benchedFor("NotEntitled", hour, when, { model: "long" }))
    const short = every(2 * hour, 6, (_, when) => benchedFor("NotEntitled", hour, when + hour, { model: "short" }))
    const both = [...long, ...short].toSorted((one, other) => (one.at ?? 0) - (other.at ?? 0))
    assert.deepStrictEqual(
      loopsAfter(both).map((loop) => loop.model),
      ["long", "short"]
    )
    assert.strictEqual(loopsAfter(models(1_500)).length, 1_024 + 256)
  })

  it("is over when the credential leaves the pool or is paused", () => {
    for (const step of [removed, paused]) {
      const loop = only(loopsAfter([...hourly(5), at(start + 6 * hour, step)]))
      assert.isFalse(loop.running)
      assert.strictEqual(loop.ended?.at, start + 6 * hour)
    }
  })

  it("goes on when another credential leaves the pool", () => {
    const other = { ...removed, credential: otherCredentialId }
    assert.isTrue(only(loopsAfter([...hourly(5), at(start + 6 * hour, other)])).running)
  })

  it("is told once, by the event that makes it a loop", () => {
    const detector = makeLoopDetector()
    const told = recorded(hourly(9)).map((event) => detector.take(event))
    assert.deepStrictEqual(
      told.flatMap((loops, index) => loops.map(({ iterations, kind }) => [index, kind, iterations])),
      [[5, "cooldown-reentry", 3]]
    )
  })

  it("a loop that is over and begins again is two", () => {
    const again = hourly(4).map((step) => at((step.at ?? start) + 9 * hour, step))
    const loops = loopsAfter([...hourly(4), at(start + 8 * hour, clearedBy("operator")), ...again])
    assert.deepStrictEqual(
      loops.map(({ iterations, running, wasted }) => [iterations, running, wasted]),
      [
        [4, false, 3],
        [4, true, 3]
      ]
    )
  })

  it("is the same from the types that are asked for alone", () => {
    const events = recorded([enrolled(), accepted(generation(1)), ...hourly(4)])
    const now = start + day
    assert.deepStrictEqual(
      loopsIn(
        events.filter(({ type }) => type !== "Unknown" && loopTypes.has(type)),
        now
      ),
      loopsIn(events, now)
    )
    assert.isFalse(loopTypes.has("ApiOutcomeObserved") || loopTypes.has("RefreshStarted"))
  })

  it("a ledger without events has none", () => {
    assert.deepStrictEqual(loopsIn([], start), [])
  })
})
