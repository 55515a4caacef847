/** When a provider says one may come again, in every form that was recorded. */
import { assert, describe, it } from "@effect/vitest"
import { apiEvidence } from "@daybook/oauth/ApiEvidence"

const now = Date.parse("2026-11-22T10:00:00.000Z")

const secondsOf = (headers: Readonly<Record<string, string>>, body: unknown, status = 429): number | undefined => {
  const { retryAfter } = apiEvidence({ status, headers, body: JSON.stringify(body) }, { now, secrets: [] })
  return retryAfter === undefined ? undefined : (retryAfter - now) / 1000
}

const said = (message: string) => ({ error: { message } })
const detail = (member: object) => ({ error: { code: 429, status: "RESOURCE_EXHAUSTED", details: [member] } })

describe("a time to come again", () => {
  it.each([
    [{ error: { resets_at: now / 1000 + 90 } }, 90],
    [{ error: { reset_at: now + 90_000 } }, 90],
    [{ retry_until: "2026-11-22T10:01:30Z" }, 90],
    [{ error: { resets_in_seconds: "90" } }, 90],
    [{ retry_after: 90 }, 90],
    [{ retry_after: "Sun, 22 Nov 2026 10:01:30 GMT" }, 90],
    [detail({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "39s" }), 39],
    [detail({ retryDelay: "0.479417207s" }), 0.479],
    [detail({ metadata: { quotaResetDelay: "1h2m3.5s" } }), 3723.5],
    [detail({ metadata: { quotaResetDelay: "9ms", quotaResetTimeStamp: "2026-11-22T10:01:30Z" } }), 90],
    [[detail({ retryDelay: "39s" })], 39]
  ] as const)("stands in the body: %j", (body, seconds) => {
    assert.strictEqual(secondsOf({}, body), seconds)
  })

  it.each([
    [{ "retry-after": "90" }, 90],
    [{ "retry-after": "Sun, 22 Nov 2026 10:01:30 GMT" }, 90],
    [{ "retry-after-ms": "1500", "retry-after": "2" }, 1.5],
    [{ "x-ratelimit-reset-tokens": "20ms", "x-ratelimit-reset-requests": "6m0s" }, 360],
    [{ "x-ratelimit-reset": String(now / 1000 + 5) }, 5],
    [{ "anthropic-ratelimit-unified-reset": String(now / 1000 + 5) }, 5],
    [{ "anthropic-ratelimit-output-tokens-reset": "2026-11-22T10:00:07Z" }, 7]
  ] as const)("stands in headers: %j", (headers, seconds) => {
    assert.strictEqual(secondsOf(headers, {}), seconds)
  })

  it.each([
    ["Please retry after 30 seconds.", 30],
    ["Rate limit reached. Please try again in 7m12.5s.", 432.5],
    ["Weekly usage limit reached. Resets in 6hr 29min.", 23_340],
    ["try again in 3 days 5 hours 2 minutes", 277_320],
    ["Try again in ~15 min.", 900],
    ["Your quota will reset after 0s.", undefined],
    ['{"quotaResetDelay":"39s"}', 39],
    ["usage limit, resets_in_seconds: 120, plan pro", 120],
    ["You have hit your limit, resets 5:30am (America/Chicago)", 5400],
    ["resets 4am (America/Chicago)", undefined],
    ["resets at 13:00 (Europe/Berlin)", 7200],
    ["resets 9:30am (UTC)", undefined],
    ["resets 9:29am (UTC)", 84_540],
    ["resets 13:00am (UTC)", undefined],
    ["resets 5pm (Nowhere/Atall)", undefined],
    ["Resets soon", undefined],
    ["there are 5 models available", undefined]
  ] as const)("stands in words: %s", (message, seconds) => {
    const found = secondsOf({}, said(message), 402)
    assert.strictEqual(found === 0 ? undefined : found, seconds)
  })

  it("that the body names counts before one in headers, and that before one in words", () => {
    const body = { error: { resets_in_seconds: 10, message: "try again in 30s" } }
    assert.strictEqual(secondsOf({ "retry-after": "20" }, body), 10)
    assert.strictEqual(secondsOf({ "retry-after": "20" }, said("try again in 30s")), 20)
  })
})
