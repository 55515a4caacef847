/**
 * Which logins are refreshed although nobody asks for them.
 */
import { isHeldBack, isLapsing } from "@daybook/pool/decisions/KeepAlive"
import { defaults } from "@daybook/pool/Policy"
import { assert, describe, it } from "@effect/vitest"
import {
  accessOnly,
  at,
  benched,
  classified,
  credentialId,
  enrolled,
  failed,
  generation,
  given,
  grantAfter,
  hour,
  lost,
  observed,
  onlyMember,
  paused,
  quarantined,
  resumed,
  start,
  started,
  type Step
} from "./support.ts"

const seen = generation(1, { expiresAt: start + 2 * hour })
const login = [enrolled(), observed(seen)] as const
const over = start + 3 * hour

const pausedKept: Step = { type: "CredentialPaused", v: 1, credential: credentialId, data: { keepalive: true } }

const isLapsingAt = (now: number, ...steps: ReadonlyArray<Step>): boolean => {
  const state = given(...steps)
  return isLapsing(state, onlyMember(state), now, defaults)
}

describe("a login that nobody asks for", () => {
  it("is refreshed once its access token is over", () => {
    assert.isFalse(isLapsingAt(start + 2 * hour - 1, ...login))
    assert.isTrue(isLapsingAt(start + 2 * hour, ...login))
  })

  it("is refreshed at most as often as the policy says", () => {
    const short = [enrolled(), at(start, observed(generation(1, { expiresAt: start + 1 })))]
    assert.isFalse(isLapsingAt(start + defaults.keepaliveAfter - 1, ...short))
    assert.isTrue(isLapsingAt(start + defaults.keepaliveAfter, ...short))
  })

  it("is refreshed after a day if nobody knows when its access token ends", () => {
    const undated = [enrolled(), at(start, observed(generation(1)))]
    assert.isFalse(isLapsingAt(start + 24 * hour - 1, ...undated))
    assert.isTrue(isLapsingAt(start + 24 * hour, ...undated))
  })

  it("is refreshed while it is benched", () => {
    assert.isTrue(isLapsingAt(over, ...login, benched(over + hour)))
  })

  it("is not refreshed while it is paused, unless it is to be kept alive", () => {
    assert.isFalse(isLapsingAt(over, ...login, paused))
    assert.isTrue(isLapsingAt(over, ...login, paused, resumed))
    assert.isTrue(isLapsingAt(over, ...login, pausedKept))
  })

  it("is not refreshed if it is borrowed, or a key, or has no refresh token", () => {
    assert.isFalse(isLapsingAt(over, enrolled({ ownership: "borrowed" }), observed(seen)))
    assert.isFalse(isLapsingAt(over, enrolled({ kind: "apiKey" }), observed(seen)))
    assert.isFalse(isLapsingAt(start + 30 * hour, enrolled(), observed(accessOnly(1))))
  })

  it("is not refreshed once it is dead", () => {
    assert.isFalse(isLapsingAt(over, ...login, quarantined(seen)))
  })

  it("is not refreshed before its last failure says so", () => {
    const failure = [started(seen), failed(seen), classified(seen, { reason: "ServerError", retryAt: over + 1 })]
    assert.isFalse(isLapsingAt(over, ...login, ...failure))
    assert.isTrue(isLapsingAt(over + 1, ...login, ...failure))
  })

  it("is refreshed although an answer was lost: only a replay can tell whether it lives", () => {
    assert.isTrue(isLapsingAt(over, ...login, started(seen), lost(seen, start + hour)))
  })
})

describe("a refresh that nobody waits for", () => {
  it("is held back by a doubt, a death, and a failure that says to wait", () => {
    assert.isFalse(isHeldBack(grantAfter(...login), start))
    assert.isTrue(isHeldBack(grantAfter(...login, started(seen), lost(seen, start)), start))
    assert.isTrue(isHeldBack(grantAfter(...login, quarantined(seen)), start))
    const failure = [started(seen), failed(seen), classified(seen, { reason: "Network", retryAt: over })]
    assert.isTrue(isHeldBack(grantAfter(...login, ...failure), over - 1))
    assert.isFalse(isHeldBack(grantAfter(...login, ...failure), over))
  })
})
