import { recover, type RecoveryContext } from "@daybook/pool/decisions/Recover"
import { assert, describe, it } from "@effect/vitest"
import {
  adopted,
  benched,
  classified,
  credentialId,
  enrolled,
  enrolledOther,
  failed,
  fingerprint,
  generation,
  given,
  grantAfter,
  grantId,
  hour,
  lifted,
  minute,
  observed,
  otherCredentialId,
  paused,
  quarantined,
  removed,
  start,
  started,
  type Step
} from "./support.ts"

const ours = generation(1, { account: fingerprint("ada") })
const theirs = generation(2, { account: fingerprint("ada"), expiresAt: start + hour })
const place = { kind: "codex-cli", path: "/home/ada/.codex/auth.json", slot: "tokens" } as const
const now = start + 10 * minute

const dead = [enrolled(), observed(ours), quarantined(ours)]
const lost = [enrolled(), observed(ours)]

const judged = (steps: ReadonlyArray<Step>, found = theirs, more: Partial<RecoveryContext> = {}) => {
  const context = { now, isMissing: false, ...more }
  const recovery = recover(given(...steps), credentialId, { generation: found, store: place }, context)
  return recovery._tag === "Reject" ? recovery.why : recovery._tag
}

const missing = { isMissing: true }

const rejected = (found = theirs): Step => ({
  type: "RecoveryRejected",
  v: 1,
  credential: credentialId,
  data: { grant: grantId, generation: found, from: "codex-cli", why: "no" }
})

describe("a login in another program's file is worth validating", () => {
  it("for one of ours that the token endpoint called dead", () => {
    assert.strictEqual(judged(dead), "Adopt")
  })

  it("for one whose answer was lost and whose replay was refused", () => {
    assert.strictEqual(judged([...lost, quarantined(ours, "refresh", "ResponseLost")]), "Adopt")
  })

  it("for one that its store has lost", () => {
    assert.strictEqual(judged(lost, theirs, missing), "Adopt")
  })

  it("if nobody says when its access token ends", () => {
    const { expiresAt: _, ...endless } = theirs
    assert.strictEqual(judged(dead, endless), "Adopt")
  })
})

describe("it is nobody's business", () => {
  const cases: Readonly<Record<string, [ReadonlyArray<Step>, Partial<RecoveryContext>?]>> = {
    "if ours lives": [lost],
    "if ours was spent by another program": [[...lost, quarantined(ours, "refresh", "Reused")]],
    "if ours ended by time": [[...lost, quarantined(ours, "refresh", "Expired")]],
    "if the account was closed": [[...lost, quarantined(ours, "refresh", "AccountClosed")]],
    "if only the access token of ours was called dead": [[...lost, quarantined(ours, "access")]],
    "if a quarantine was lifted": [[...dead, lifted(ours)]],
    "if ours was moved on by another program": [[...dead, adopted(ours, generation(3))]],
    "if ours is borrowed itself": [[enrolled({ ownership: "borrowed" }), observed(ours), quarantined(ours)]],
    "if ours is an API key": [[enrolled({ kind: "apiKey" }), observed(ours), quarantined(ours)]],
    "if an operator paused ours": [[...dead, paused]],
    "if an operator removed ours": [[...dead, removed]],
    "if the store lost ours while an operator had paused it": [[...lost, paused], missing],
    "if a refresh of ours is under way": [[...lost, started(ours)], missing],
    "if a refresh of ours failed and nobody knows why": [[...lost, started(ours), failed(ours)], missing],
    "if ours waits for an outage to end": [
      [...lost, started(ours), failed(ours), classified(ours, { reason: "ServerError", retryAt: now + hour })],
      missing
    ],
    "if ours is missing and benched": [[...lost, benched(now + hour)], missing],
    "if it is a member already": [[...dead, enrolledOther({ store: place })]],
    "if it was a member and was removed": [
      [
        ...dead,
        enrolledOther({ store: place }),
        { type: "CredentialRemoved", v: 1, credential: otherCredentialId, data: { by: "operator" } }
      ]
    ],
    "if the provider was asked about it a moment ago": [dead, { askedAt: now - minute }],
    "if somebody found it wanting a moment ago": [[...dead, rejected()], { now: start + minute }]
  }
  for (const [name, [steps, more]] of Object.entries(cases)) {
    it(name, () => assert.strictEqual(judged(steps, theirs, more), "Nothing"))
  }

  it("of a credential that nobody knows", () => {
    assert.strictEqual(judged([]), "Nothing")
  })
})

describe("it is rejected", () => {
  const expiresAt = start + hour
  const cases = {
    "without an access token": [{ refresh: fingerprint("refresh2"), expiresAt }, "it has no access token"],
    "without a refresh token": [{ access: fingerprint("access2"), expiresAt }, "it has no refresh token"],
    "if its access token is over": [{ ...theirs, expiresAt: now }, "its access token is over"],
    "if it does not say whose it is": [generation(2), "it does not say whose login it is"],
    "if it is somebody else's": [generation(2, { account: fingerprint("bob") }), "it is the login of another account"],
    "if it has the refresh token that is dead": [
      { ...theirs, refresh: fingerprint("refresh1") },
      "it is a copy of the lost login"
    ]
  } as const
  for (const [name, [found, why]] of Object.entries(cases)) {
    it(name, () => assert.strictEqual(judged(dead, found), why))
  }

  it("if nobody knows whose ours was", () => {
    const unknown = generation(1)
    assert.strictEqual(
      judged([enrolled(), observed(unknown), quarantined(unknown)]),
      "nobody knows whose the lost login was"
    )
  })

  it("once", () => {
    const over = { ...theirs, expiresAt: now - minute }
    assert.strictEqual(judged([...dead, rejected(over)], over, { now: now + hour }), "Nothing")
  })
})

describe("a rejected login", () => {
  it("may be asked about again after five minutes", () => {
    const at = start + 4 * 1000 // the fourth event
    const again = (millis: number) => judged([...dead, rejected()], theirs, { now: at - 1000 + millis })
    assert.strictEqual(again(5 * minute - 1), "Nothing")
    assert.strictEqual(again(5 * minute), "Adopt")
  })

  it("is remembered by its generation, the newest eight", () => {
    const many = Array.from({ length: 10 }, (_, n) => rejected(generation(n + 2)))
    const names = grantAfter(...dead, ...many, rejected(generation(9))).rejected.map(({ generation }) => generation)
    assert.deepStrictEqual(
      names,
      [4, 5, 6, 7, 8, 10, 11, 9].map((n) => generation(n))
    )
  })
})
