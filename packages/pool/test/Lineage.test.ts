import type { EventOf } from "@daybook/pool/Event"
import { fold } from "@daybook/pool/Evolve"
import { Seq } from "@daybook/pool/Ids"
import { emptyGrant, grantById } from "@daybook/pool/PoolState"
import { Family } from "@daybook/pool/queries/Family"
import { ageOf, type Lineage, type Member } from "@daybook/pool/queries/Lineage"
import { outline, type Strand } from "@daybook/pool/queries/LineageOutline"
import type { Recorded } from "@daybook/pool/Recorded"
import { assert, describe, it } from "@effect/vitest"
import * as arbitrary from "./arbitraries.ts"
import {
  accessOnly,
  actor,
  adopted,
  attemptId,
  by,
  classified,
  enrolled,
  failed,
  fingerprint,
  generation,
  grantId,
  hour,
  lifted,
  lost,
  minute,
  observed,
  otherActor,
  quarantined,
  recorded,
  sameRefresh,
  second,
  start,
  started,
  stashed,
  stored,
  type Step,
  succeeded
} from "./support.ts"

const [a, b, c, d] = [generation(1), generation(2), generation(3), generation(4)]

const lineageAfter = (steps: ReadonlyArray<Step>, moment = start + hour): Lineage => of(recorded(steps), moment)

const of = (events: ReadonlyArray<Recorded>, moment: number): Lineage => {
  const family = new Family(emptyGrant(grantId))
  for (const event of events) family.take(event)
  return family.lineage(moment)
}

/** Who descends from whom, how each came and how it ended: `2<1 Refresh succeeded`. */
const told = ({ generations }: Lineage): ReadonlyArray<string> =>
  generations.map(
    ({ ending, number, origin, parent }) =>
      `${number}${parent === undefined ? "" : `<${parent}`} ${origin._tag} ${ending.how}`
  )

const only = (members: ReadonlyArray<Member>): Member => {
  const [member] = members
  if (member === undefined || members.length !== 1) throw new Error(`${members.length} members, not one`)
  return member
}

const refreshed = (sent: typeof a, next: typeof a, attempt: number): ReadonlyArray<Step> => [
  started(sent, attempt),
  succeeded(sent, next, attempt)
]

const back = (held: typeof a, found: typeof a): Step => ({
  ...adopted(held, found),
  type: "RaceAdopted",
  data: { grant: grantId, held, found, winner: {}, phase: "after rejection", fallback: true }
})

const foundAs = (phase: EventOf<"RaceAdopted">["data"]["phase"], held: typeof a, found: typeof a): Step => ({
  ...adopted(held, found),
  type: "RaceAdopted",
  data: { grant: grantId, held, found, winner: { store: "hermes" }, phase }
})

describe("a family", () => {
  it("descends from a login, each generation from the one that was spent for it", () => {
    const { current, ...lineage } = lineageAfter([
      enrolled(),
      observed(a),
      ...refreshed(a, b, 1),
      ...refreshed(b, c, 2)
    ])
    assert.deepStrictEqual(told({ current, ...lineage }), [
      "1 Login succeeded",
      "2<1 Refresh succeeded",
      "3<2 Refresh current"
    ])
    assert.strictEqual(current, 3)
    assert.deepStrictEqual(lineage.forks, [])
  })

  it("tells who brought each generation, who spent it, why, and when", () => {
    const steps = [observed(a), by(otherActor, started(a)), by(otherActor, succeeded(a, b))]
    const [first, second_] = lineageAfter(steps).generations
    assert.deepStrictEqual(first?.brought, { seq: Seq.make(1), at: start, by: actor })
    assert.deepStrictEqual(first?.sendings, [
      {
        seq: Seq.make(2),
        at: start + second,
        by: otherActor,
        attempt: attemptId(1),
        trigger: "expired",
        outcome: { _tag: "Succeeded", at: start + 2 * second }
      }
    ])
    assert.strictEqual(first?.ending.next, 2)
    assert.deepStrictEqual(second_?.brought, { seq: Seq.make(3), at: start + 2 * second, by: otherActor })
  })

  it("has the age of a generation from when it came to its end, or to now", () => {
    const [first, last] = lineageAfter([observed(a), ...refreshed(a, b, 1)], start + minute).generations
    assert.strictEqual(first && ageOf(first, start + minute), 2 * second)
    assert.strictEqual(last && ageOf(last, start + minute), 58 * second)
  })

  it("of an API key is one generation, which ends by its time", () => {
    const key = { ...accessOnly(1), expiresAt: start + minute }
    assert.strictEqual(only(lineageAfter([observed(key)], start + second).generations).ending.how, "current")
    const { ending } = only(lineageAfter([observed(key)], start + minute).generations)
    assert.deepStrictEqual({ how: ending.how, at: ending.at }, { how: "expired", at: start + minute })
  })

  it("does not end with an access token that can be had anew", () => {
    const lineage = lineageAfter([observed({ ...a, expiresAt: start })], start + hour)
    assert.strictEqual(only(lineage.generations).ending.how, "current")
    const ended = lineageAfter([observed({ ...a, deadline: start + minute })], start + hour)
    assert.strictEqual(only(ended.generations).ending.how, "expired")
  })

  it("leaves out the generations of other grants", () => {
    const other = { ...emptyGrant(grantId), id: "00000004-0000-7000-8000-000000000009" as typeof grantId }
    const family = new Family(other)
    for (const event of recorded([observed(a)])) family.take(event)
    assert.deepStrictEqual(family.lineage(start).generations, [])
  })
})

describe("a generation", () => {
  const endings = (...steps: ReadonlyArray<Step>): ReadonlyArray<string> => told(lineageAfter([observed(a), ...steps]))

  it("that another program's pair took the place of was displaced, and the pair descends from it", () => {
    assert.deepStrictEqual(endings(adopted(a, b)), ["1 Login displaced", "2<1 Adopted current"])
    assert.deepStrictEqual(endings(observed(b, "watch")), ["1 Login displaced", "2<1 Seen current"])
  })

  it("that was refused for good is refused, then quarantined, and stays so after the next login", () => {
    const refused = [started(a), failed(a), classified(a, { verdict: "Terminal", reason: "Revoked" })]
    assert.deepStrictEqual(endings(...refused), ["1 Login refused"])
    assert.deepStrictEqual(endings(...refused, quarantined(a)), ["1 Login quarantined"])
    assert.deepStrictEqual(endings(...refused, quarantined(a), lifted(a, "generation"), observed(b, "login")), [
      "1 Login quarantined",
      "2 Login current"
    ])
    const first = lineageAfter([observed(a), ...refused, quarantined(a), observed(b, "login")]).generations[0]
    assert.deepStrictEqual([first?.ending.reason, first?.ending.next], ["Revoked", 2])
  })

  it("that was refused, and followed before anybody quarantined it, was refused", () => {
    const refused = [started(a), failed(a), classified(a, { verdict: "Terminal", reason: "Revoked" })]
    const { ending } = lineageAfter([observed(a), ...refused, observed(b, "login")]).generations[0] ?? {}
    assert.deepStrictEqual([ending?.how, ending?.reason, ending?.next], ["refused", "Revoked", 2])
  })

  it("whose time was over before the next one came had expired", () => {
    const next = observed(b, "login")
    assert.strictEqual(told(lineageAfter([observed({ ...a, deadline: start + second }), next]))[0], "1 Login expired")
    assert.strictEqual(told(lineageAfter([observed({ ...a, deadline: start + hour }), next]))[0], "1 Login displaced")
    assert.strictEqual(
      told(lineageAfter([observed({ ...accessOnly(9), expiresAt: start }), next]))[0],
      "1 Login expired"
    )
  })

  it("that was revived counts again", () => {
    assert.deepStrictEqual(endings(quarantined(a), lifted(a)), ["1 Login current"])
    const revived = [quarantined(a), lifted(a), quarantined(a), lifted(a)]
    assert.strictEqual(only(lineageAfter([observed(a), ...revived]).generations).revivals, 2)
  })

  it("whose answer was lost is lost until an answer comes", () => {
    const sent = [started(a), lost(a, start + minute)]
    assert.deepStrictEqual(endings(...sent), ["1 Login lost"])
    assert.deepStrictEqual(endings(...sent, observed(b, "login")), ["1 Login lost", "2 Login current"])
    const recovered = { ...succeeded(a, b), type: "RefreshSucceeded" } as const
    const answer: Step = {
      ...recovered,
      data: { grant: grantId, attempt: attemptId(1), generation: a, next: b, rotated: true, recovered: true }
    }
    const lineage = lineageAfter([observed(a), ...sent, answer])
    assert.deepStrictEqual(told(lineage), ["1 Login succeeded", "2<1 Refresh current"])
    assert.deepStrictEqual(lineage.generations[1]?.origin, { _tag: "Refresh", rotated: true, recovered: true })
  })

  it("that was sent has each request with its answer", () => {
    const { sendings } = only(
      lineageAfter([
        observed(a),
        started(a, 1),
        failed(a, { status: 503 }, 1),
        started(a, 2, "replay"),
        lost(a, start + minute, 2),
        started(a, 3)
      ]).generations
    )
    assert.deepStrictEqual(
      sendings.map(({ outcome, trigger }) => `${trigger} ${outcome._tag}`),
      ["expired Failed", "replay Lost", "expired Open"]
    )
  })

  it("that came from the stash descends from what was spent for it", () => {
    assert.deepStrictEqual(endings(started(a), stashed(a, b), stored(b)), ["1 Login succeeded", "2<1 Refresh current"])
  })

  it("that others go on with counts how many did", () => {
    const won: Step = {
      ...adopted(a, b),
      type: "RaceAdopted",
      data: { grant: grantId, held: a, found: b, winner: { actor }, phase: "before request" }
    }
    const lineage = lineageAfter([observed(a), ...refreshed(a, b, 1), by(otherActor, won), by(otherActor, won)])
    assert.deepStrictEqual(told(lineage), ["1 Login succeeded", "2<1 Refresh current"])
    assert.strictEqual(lineage.generations[1]?.adopted, 2)
  })

  it("found in another program's store stands in for a dead one, and is no child of it", () => {
    const found: Step = { type: "RecoveryAdopted", v: 1, data: { grant: grantId, generation: b, from: "codex-cli" } }
    assert.deepStrictEqual(endings(quarantined(a), found), ["1 Login quarantined", "2 Recovered current"])
  })

  it("in the place of a dead one is a login of its own, unless the dead one had been spent by somebody", () => {
    const dead = (reason: EventOf<"CredentialQuarantined">["data"]["reason"]) => quarantined(a, "refresh", reason)
    assert.strictEqual(endings(dead("Revoked"), lifted(a, "generation"), adopted(a, b))[1], "2 Adopted current")
    assert.strictEqual(endings(dead("Reused"), lifted(a, "generation"), adopted(a, b))[1], "2<1 Adopted current")
    assert.strictEqual(endings(dead("Expired"), observed(b, "watch"))[1], "2 Seen current")
  })

  it("whose beginning is archived is a member as soon as it is named", () => {
    assert.deepStrictEqual(told(lineageAfter(refreshed(a, b, 1))), ["1 Earlier unknown", "2<1 Refresh current"])
  })
})

describe("a fork", () => {
  const forks = (...steps: ReadonlyArray<Step>) =>
    lineageAfter([observed(a), ...steps]).forks.map(({ kind, of: number }) => `${number} ${kind}`)

  it("is a race that both won, where one token had two answers", () => {
    const steps = [started(a, 1), started(a, 2), succeeded(a, b, 1), succeeded(a, c, 2)]
    assert.deepStrictEqual(forks(...steps), ["1 race"])
    assert.deepStrictEqual(told(lineageAfter([observed(a), ...steps])), [
      "1 Login succeeded",
      "2<1 Refresh displaced",
      "3<1 Refresh current"
    ])
  })

  it("is harmless where the provider does not rotate", () => {
    const [two, three] = [sameRefresh(a, 2), sameRefresh(a, 3)]
    assert.deepStrictEqual(forks(started(a, 1), started(a, 2), succeeded(a, two, 1), succeeded(a, three, 2)), [
      "1 shared"
    ])
  })

  it("is an outside program's successor beside ours", () => {
    const steps = [started(a), succeeded(a, b), foundAs("after success", b, c)]
    assert.deepStrictEqual(forks(...steps), ["1 outside"])
    assert.strictEqual(told(lineageAfter([observed(a), ...steps]))[2], "3<1 Adopted current")
  })

  it("is going back to a displaced pair, and on from there", () => {
    const steps = [adopted(a, b), started(b), failed(b), back(b, a), ...refreshed(a, c, 2)]
    assert.deepStrictEqual(forks(...steps), ["1 back"])
    assert.deepStrictEqual(told(lineageAfter([observed(a), ...steps])), [
      "1 Login succeeded",
      "2<1 Adopted refused",
      "3<1 Refresh current"
    ])
    assert.strictEqual(lineageAfter([observed(a), ...steps]).generations[0]?.returns, 1)
  })
})

it("twins of one refresh token are generations of their own, in a line", () => {
  const [two, three] = [sameRefresh(a, 2), sameRefresh(a, 3)]
  const lineage = lineageAfter([observed(a), ...refreshed(a, two, 1), ...refreshed(two, three, 2)])
  assert.deepStrictEqual(told(lineage), ["1 Login succeeded", "2<1 Refresh succeeded", "3<2 Refresh current"])
  assert.deepStrictEqual(lineage.forks, [])
})

it("a token that was sent when nothing but it was left of its generation is found by it", () => {
  const bare = { refresh: a.refresh ?? fingerprint("none") }
  const lineage = lineageAfter([observed(a), started(bare), succeeded(bare, b)])
  assert.deepStrictEqual(told(lineage), ["1 Login succeeded", "2<1 Refresh current"])
})

it("a lineage that begins behind an archive knows what the state still holds", () => {
  const events = recorded([observed(a), ...refreshed(a, b, 1), ...refreshed(b, c, 2), ...refreshed(c, d, 3)])
  const family = new Family(grantById(fold(events.slice(0, 5)), grantId))
  for (const event of events.slice(5)) family.take(event)
  const lineage = family.lineage(start + hour)
  assert.deepStrictEqual(told(lineage), [
    "1 Earlier succeeded",
    "2<1 Earlier succeeded",
    "3<2 Earlier succeeded",
    "4<3 Refresh current"
  ])
})

describe("an outline", () => {
  const straight = (count: number): ReadonlyArray<Step> => [
    observed(generation(1)),
    ...Array.from({ length: count - 1 }, (_, n) => refreshed(generation(n + 1), generation(n + 2), n + 1)).flat()
  ]
  const shown = (strands: ReadonlyArray<Strand>): ReadonlyArray<unknown> =>
    strands.map((strand) =>
      strand.map((item) => {
        if (item._tag === "Run") return `${item.members[0]?.number}-${item.members.at(-1)?.number}`
        return item.branches.length === 0 ? item.member.number : [item.member.number, ...shown(item.branches)]
      })
    )

  it("folds a year of rotations into a line between the first and the last", () => {
    const lineage = lineageAfter(straight(8760))
    assert.deepStrictEqual(shown(outline(lineage, { all: false })), [[1, "2-8759", 8760]])
    assert.strictEqual(outline(lineage, { all: true })[0]?.length, 8760)
  })

  it("shows few generations one by one, and everything that is an incident", () => {
    assert.deepStrictEqual(shown(outline(lineageAfter(straight(4)), { all: false })), [[1, 2, 3, 4]])
    const twice = [
      ...straight(9),
      started(generation(9), 50),
      lost(generation(9), start, 50),
      ...refreshed(generation(9), generation(10), 51)
    ]
    assert.deepStrictEqual(shown(outline(lineageAfter(twice), { all: false })), [[1, "2-8", 9, 10]])
  })

  it("folds nothing into a run that was found by another one, gone back to, or has a second successor", () => {
    const [five, six] = [generation(5), generation(6)]
    const place = 2 + 2 * 4
    const found = (steps: ReadonlyArray<Step>): Step => {
      const success = steps[place]
      if (success?.type !== "RefreshSucceeded") throw new Error("another step")
      return { ...success, data: { ...success.data, recovered: true } }
    }
    const twelve = straight(12)
    assert.deepStrictEqual(shown(outline(lineageAfter(twelve), { all: false })), [[1, "2-11", 12]])
    const recovered = twelve.with(place, found(twelve))
    assert.deepStrictEqual(shown(outline(lineageAfter(recovered), { all: false })), [[1, "2-5", 6, "7-11", 12]])
    const forked = twelve.toSpliced(place + 1, 0, succeeded(five, generation(99), 99), back(generation(99), six))
    assert.deepStrictEqual(shown(outline(lineageAfter(forked), { all: false })), [[1, "2-4", [5, [7]], 6, "8-12", 13]])
  })

  it("has the line to what counts as its trunk, other branches where they come from, and each login by itself", () => {
    const steps = [
      observed(a),
      started(a, 1),
      started(a, 2),
      succeeded(a, b, 1),
      succeeded(a, c, 2),
      observed(d, "login")
    ]
    assert.deepStrictEqual(shown(outline(lineageAfter(steps), { all: false })), [[[1, [2]], 3], [4]])
  })

  it("ends its trunk with what counts, though others came after that and were left", () => {
    const steps = [observed(a), adopted(a, b), back(b, a), adopted(a, c), back(c, a)]
    assert.deepStrictEqual(shown(outline(lineageAfter(steps), { all: false })), [[[1, [2], [3]]]])
  })
})

const ledger = arbitrary.ledgerOf(arbitrary.grantEvent)

it.prop(
  "whatever happened, the lineage is a forest of all generations that were brought or sent, each behind its parent",
  { ledger },
  ({ ledger }) => {
    const { current, forks, generations } = of(ledger, start + hour)
    assert.deepStrictEqual(
      generations.map(({ number }) => number),
      generations.map((_, place) => place + 1)
    )
    for (const { children, number, parent } of generations) {
      if (parent !== undefined) assert.isBelow(parent, number)
      if (parent !== undefined) assert.isTrue(generations[parent - 1]?.children.includes(number))
      for (const child of children) assert.strictEqual(generations[child - 1]?.parent, number)
    }
    const names = generations.map(({ generation }) => JSON.stringify([generation.access, generation.refresh]))
    assert.strictEqual(new Set(names).size, names.length)
    const state = grantById(fold(ledger), grantId)
    for (const { generation } of state.lineage) {
      assert.include(names, JSON.stringify([generation.access, generation.refresh]))
    }
    assert.strictEqual(current === undefined, state.current === undefined)
    if (current !== undefined) assert.deepStrictEqual(generations[current - 1]?.generation, state.current)
    assert.deepStrictEqual(
      forks.map((fork) => fork.of),
      generations.filter(({ children }) => children.length > 1).map(({ number }) => number)
    )
    const placed = outline({ grant: grantId, current, forks, generations }, { all: false }).flatMap(numbersIn)
    assert.deepStrictEqual(
      placed.toSorted((x, y) => x - y),
      generations.map(({ number }) => number)
    )
  },
  arbitrary.thorough
)

const numbersIn = (strand: Strand): ReadonlyArray<number> =>
  strand.flatMap((item) =>
    item._tag === "Run"
      ? item.members.map(({ number }) => number)
      : [item.member.number, ...item.branches.flatMap(numbersIn)]
  )
