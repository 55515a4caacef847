import { bindingCooldown } from "@daybook/pool/queries/Account"
import { statusOf } from "@daybook/pool/queries/Status"
import { decode } from "@daybook/pool/Recorded"
import { fold } from "@daybook/pool/Evolve"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import {
  accepted,
  accessOnly,
  actor,
  at,
  benched,
  classified,
  credentialId,
  enrolled,
  enrolledOther,
  eventId,
  failed,
  generation,
  given,
  grantId,
  hour,
  lost,
  minute,
  observed,
  onlyMember,
  otherCredentialId,
  paused,
  provider,
  quarantined,
  removed,
  resumed,
  start,
  started,
  type Step,
  succeeded
} from "./support.ts"

const first = generation(1, { expiresAt: start + hour, deadline: start + 720 * hour })
const next = generation(2)
const now = start + minute

const rowOf = (steps: ReadonlyArray<Step>, instant = now) => {
  const [row, ...others] = statusOf(given(...steps), instant).credentials
  if (row === undefined || others.length > 0) throw new Error(`${others.length + 1} rows, not one`)
  return row
}

const live = [enrolled({ label: "work", priority: 2 }), observed(first)]
const cooling = [...live, benched(now + hour)]
const suspect = [...cooling, at(start, started(first)), lost(first, now)]
const dead = [...suspect, at(now, quarantined(first, "refresh", "ResponseLost"))]
const pausedToo = [...dead, paused]

describe("the word of a credential", () => {
  const words: ReadonlyArray<[word: string, steps: ReadonlyArray<Step>]> = [
    ["ok", live],
    ["cooling", cooling],
    ["suspect", suspect],
    ["dead", dead],
    ["paused", pausedToo]
  ]
  for (const [word, steps] of words) {
    it(`is ${word}, whatever lesser thing is true as well`, () => assert.strictEqual(rowOf(steps).word, word))
  }

  it("is ok again when the bench has ended, with nothing written", () => {
    assert.strictEqual(rowOf(cooling, now + hour - 1).word, "cooling")
    assert.strictEqual(rowOf(cooling, now + hour).word, "ok")
  })

  it("is not cooling for the sake of one model", () => {
    assert.strictEqual(rowOf([...live, benched(now + hour, "gpt-5")]).word, "ok")
  })

  it("is what lies beneath when an operator resumes", () => {
    assert.strictEqual(rowOf([...pausedToo, resumed]).word, "dead")
    assert.strictEqual(rowOf([...live, paused, resumed]).word, "ok")
  })

  it("is ok again with a new generation", () => {
    assert.strictEqual(rowOf([enrolled(), observed(first), quarantined(first), observed(next)]).word, "ok")
  })

  it("is dead for a revoked API key", () => {
    const key = accessOnly(1)
    assert.strictEqual(rowOf([enrolled({ kind: "apiKey" }), observed(key), quarantined(key, "access")]).word, "dead")
  })
})

describe("the reason beside it", () => {
  const because = (steps: ReadonlyArray<Step>) => {
    const { reason, rule, since, until } = rowOf(steps)
    return { reason, rule, since, until }
  }
  const nothing = { reason: undefined, rule: undefined, since: undefined, until: undefined }

  it("is nothing for one that is well, or paused", () => {
    assert.deepStrictEqual(because(live), nothing)
    assert.deepStrictEqual(because([...live, paused]), nothing)
  })

  it("says why and until when it cools", () => {
    assert.deepStrictEqual(because(cooling), { ...nothing, reason: "RateLimited", until: now + hour })
  })

  it("says since when the token may be spent", () => {
    assert.deepStrictEqual(because(suspect), { ...nothing, reason: "OutcomeUnknown", since: start })
  })

  it("says why, under which rule and since when it is dead", () => {
    assert.deepStrictEqual(because(dead), { ...nothing, reason: "ResponseLost", rule: "test/rule", since: now })
  })

  it("names the backoff of one that is otherwise well", () => {
    const postponed = [
      ...live,
      started(first),
      failed(first),
      classified(first, { reason: "ServerError", retryAt: now + hour })
    ]
    assert.deepStrictEqual(because(postponed), {
      ...nothing,
      reason: "ServerError",
      rule: "test/rule",
      until: now + hour
    })
    assert.strictEqual(rowOf(postponed).word, "ok")
  })

  it("does not name a backoff that is over", () => {
    const over = { reason: "ServerError", retryAt: now - 1 } as const
    assert.deepStrictEqual(because([...live, started(first), failed(first), classified(first, over)]), nothing)
    const suspect = [...live, started(first), failed(first), classified(first, { ...over, suspect: true })]
    assert.isUndefined(because(suspect).until)
  })
})

describe("a row", () => {
  it("says what was enrolled and what the current generation is good for", () => {
    const { word: _word, ...row } = rowOf([...live, at(now, accepted(first))])
    assert.deepStrictEqual(row, {
      id: credentialId,
      label: "work",
      relabelled: false,
      keepalive: false,
      provider,
      kind: "oauth",
      ownership: "owned",
      source: "device_code",
      store: { kind: "own", slot: "tokens" },
      priority: 2,
      grant: grantId,
      reason: undefined,
      rule: undefined,
      sameAccountAs: undefined,
      since: undefined,
      until: undefined,
      expiresAt: start + hour,
      deadline: start + 720 * hour,
      generations: 1,
      refreshing: false,
      lastAcceptedAt: now
    })
  })

  it("says that a refresh is under way, and counts generations", () => {
    assert.isTrue(rowOf([...live, started(first)]).refreshing)
    const after = rowOf([...live, started(first), succeeded(first, next)])
    assert.isFalse(after.refreshing)
    assert.strictEqual(after.generations, 2)
  })
})

describe("the table", () => {
  it("has a row for each member, in the members' order", () => {
    const { credentials } = statusOf(given(enrolled({ priority: 1 }), enrolledOther()), now)
    assert.deepStrictEqual(
      credentials.map(({ id }) => id),
      [otherCredentialId, credentialId]
    )
  })

  it("hides what was removed", () => {
    assert.deepStrictEqual(statusOf(given(enrolled(), removed), now).credentials, [])
  })

  it("says how many events it does not understand", () => {
    const unknown = decode({
      seq: 1,
      at: "2026-11-22T10:00:00.000Z",
      id: eventId(1),
      actor,
      type: "New",
      v: 1,
      data: {}
    })
    assert.strictEqual(statusOf(fold([Result.getOrThrow(unknown)]), now).unknownEvents, 1)
  })

  it("is the same for two credentials that share a grant, but for what is their own", () => {
    const { credentials } = statusOf(
      given(enrolled(), enrolledOther({ grant: grantId }), observed(first), quarantined(first), paused),
      now
    )
    assert.deepStrictEqual(
      credentials.map(({ word }) => word),
      ["paused", "dead"]
    )
  })
})

describe("the bench that binds", () => {
  const bench = (steps: ReadonlyArray<Step>, model?: string) =>
    bindingCooldown(onlyMember(given(enrolled(), ...steps)), now, model)?.until

  it("is the credential's, or the model's that is asked for", () => {
    assert.isUndefined(bench([]))
    assert.strictEqual(bench([benched(now + 1)]), now + 1)
    assert.strictEqual(bench([benched(now + 1)], "gpt-5"), now + 1)
    assert.strictEqual(bench([benched(now + 2, "gpt-5")], "gpt-5"), now + 2)
    assert.isUndefined(bench([benched(now + 2, "gpt-5")], "gpt-4"))
    assert.isUndefined(bench([benched(now + 2, "gpt-5")]))
  })

  it("is over at its instant", () => {
    assert.isUndefined(bench([benched(now)]))
    assert.isUndefined(bench([benched(now, "gpt-5")], "gpt-5"))
  })

  it("is the model's own when the credential's has ended", () => {
    assert.strictEqual(bench([benched(now), benched(now + 2, "gpt-5")], "gpt-5"), now + 2)
  })
})
