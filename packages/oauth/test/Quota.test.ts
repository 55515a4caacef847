import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { classifyApi } from "@daybook/oauth/Classify"
import { apiEvidence } from "@daybook/oauth/ApiEvidence"
import { exhaustedIn, quotaWindowsIn, usageWindowsIn } from "@daybook/oauth/Quota"
import { anthropic } from "@daybook/oauth/providers/Anthropic"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
import { Evidence } from "@daybook/pool/Evidence"
import { QuotaWindow } from "@daybook/pool/QuotaWindow"

const now = Date.parse("2026-11-22T10:00:00.000Z")
const inSeconds = (seconds: number): number => now + seconds * 1000
const epoch = (seconds: number): string => String(inSeconds(seconds) / 1000)

describe("quota windows in headers", () => {
  it("are those of a Codex plan, named by their length", () => {
    const headers = {
      "x-codex-primary-used-percent": "42.5",
      "x-codex-primary-window-minutes": "300",
      "x-codex-primary-reset-at": epoch(3600),
      "x-codex-secondary-used-percent": "12",
      "x-codex-secondary-window-minutes": "10080",
      "x-codex-secondary-reset-after-seconds": "60"
    }
    assert.deepStrictEqual(quotaWindowsIn(headers, now), [
      { name: "5h", usedPercent: 42.5, resetsAt: inSeconds(3600) },
      { name: "7d", usedPercent: 12, resetsAt: inSeconds(60) }
    ])
  })

  it("are named by their place where their length is not said, or is odd", () => {
    const names = (minutes: string) =>
      quotaWindowsIn({ "x-codex-primary-used-percent": "1", "x-codex-primary-window-minutes": minutes }, now).map(
        ({ name }) => name
      )
    assert.deepStrictEqual(
      [names(""), names("0"), names("45"), names("1440")],
      [["primary"], ["primary"], ["45m"], ["1d"]]
    )
  })

  it("are those of an Anthropic plan, as percent of 100", () => {
    const headers = {
      "anthropic-ratelimit-unified-status": "allowed",
      "anthropic-ratelimit-unified-5h-utilization": "0.05",
      "anthropic-ratelimit-unified-5h-reset": epoch(600),
      "anthropic-ratelimit-unified-5h-status": "allowed",
      "anthropic-ratelimit-unified-7d_oi-utilization": "0.999",
      "anthropic-ratelimit-unified-7d_oi-reset": epoch(1200),
      "anthropic-ratelimit-unified-7d_oi-status": "rejected",
      "anthropic-ratelimit-unified-overage-utilization": "1"
    }
    assert.deepStrictEqual(quotaWindowsIn(headers, now), [
      { name: "5h", usedPercent: 5, resetsAt: inSeconds(600) },
      { name: "7d_oi", usedPercent: 100, resetsAt: inSeconds(1200) }
    ])
  })

  it("are limits of requests and tokens, in both orders of words", () => {
    const headers = {
      "x-ratelimit-limit-requests": "1000",
      "x-ratelimit-remaining-requests": "250",
      "x-ratelimit-reset-requests": "6m0s",
      "x-ratelimit-limit": "60",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": epoch(30),
      "anthropic-ratelimit-input-tokens-limit": "40000",
      "anthropic-ratelimit-input-tokens-remaining": "40000",
      "anthropic-ratelimit-input-tokens-reset": "2026-11-22T10:01:00Z"
    }
    assert.deepStrictEqual(quotaWindowsIn(headers, now), [
      { name: "limit:requests", usedPercent: 75, resetsAt: inSeconds(360) },
      { name: "limit:all", usedPercent: 100, resetsAt: inSeconds(30) },
      { name: "limit:input-tokens", usedPercent: 0, resetsAt: inSeconds(60) }
    ])
  })

  it.each([
    { "x-codex-primary-used-percent": "soon" },
    { "x-codex-primary-used-percent": "-1" },
    { "x-codex-primary-reset-at": epoch(1) },
    { "anthropic-ratelimit-unified-5h-reset": epoch(1) },
    { "x-ratelimit-limit-requests": "0", "x-ratelimit-remaining-requests": "0" },
    { "x-ratelimit-remaining-requests": "5" }
  ])("are none without a share that can be read: %j", (headers) => {
    assert.deepStrictEqual(quotaWindowsIn(headers, now), [])
  })

  it.prop(
    "can always be recorded, whatever the headers hold",
    {
      headers: Schema.Record(
        Schema.Literals([
          "x-codex-primary-used-percent",
          "x-codex-primary-window-minutes",
          "x-codex-primary-reset-at",
          "anthropic-ratelimit-unified-5h-utilization",
          "anthropic-ratelimit-unified-5h-reset",
          "x-ratelimit-limit-requests",
          "x-ratelimit-remaining-requests",
          "x-ratelimit-reset-requests"
        ]),
        Schema.Union([Schema.String, Schema.NumberFromString])
      )
    },
    ({ headers }) => {
      const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
      for (const window of quotaWindowsIn(texts, now))
        assert.isTrue(Schema.is(QuotaWindow)(window), JSON.stringify(window))
    }
  )
})

describe("a used-up window", () => {
  const verdict = (headers: Readonly<Record<string, string>>, body: unknown = {}, status = 429) =>
    classifyApi(
      openAiCodex,
      "oauth",
      apiEvidence({ status, headers, body: JSON.stringify(body) }, { now, secrets: [] }),
      now
    )
  const used = {
    "x-codex-primary-used-percent": "100",
    "x-codex-primary-window-minutes": "300",
    "x-codex-primary-reset-at": epoch(60),
    "x-codex-secondary-used-percent": "100",
    "x-codex-secondary-window-minutes": "10080",
    "x-codex-secondary-reset-at": epoch(7200)
  }

  it("turns a bare 429 into a used-up quota, until the last of them is free again", () => {
    const { rule: _rule, ...said } = verdict(used)
    assert.deepStrictEqual(said, { verdict: "QuotaExhausted", scope: "credential", until: inSeconds(7200) })
    assert.strictEqual(exhaustedIn(quotaWindowsIn(used, now))?.name, "7d")
  })

  it("says nothing under another status", () => {
    assert.strictEqual(verdict(used, {}, 500).verdict, "UpstreamFault")
    assert.strictEqual(verdict(used, {}, 400).verdict, "RequestFault")
  })

  it.each(["1.44e30", "1e9", "0.5", "-300", "NaN"])(
    "of a length that makes no sense is named by its place: %s",
    (minutes) => {
      const headers = { "x-codex-primary-used-percent": "100", "x-codex-primary-window-minutes": minutes }
      const evidence = apiEvidence({ status: 429, headers, body: "" }, { now, secrets: [] })
      assert.strictEqual(evidence.exhausted, "primary")
      assert.isTrue(Schema.is(Evidence)(evidence))
    }
  )

  it("does not outweigh an account without credit", () => {
    assert.strictEqual(verdict(used, { error: { code: "insufficient_quota" } }).verdict, "BillingRequired")
  })

  it("is none that only limits the requests of a minute", () => {
    const minute = {
      "x-ratelimit-limit-requests": "10",
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": "6s"
    }
    const { rule: _rule, ...said } = verdict(minute)
    assert.deepStrictEqual(said, { verdict: "RateLimited", scope: "credential", until: inSeconds(6) })
  })
})

describe("a usage endpoint's answer", () => {
  it("is read as openai-codex declares it", () => {
    const body = {
      plan_type: "pro",
      rate_limit: {
        primary_window: { used_percent: 42, limit_window_seconds: 18000, reset_at: inSeconds(60) / 1000 },
        secondary_window: { used_percent: 100, limit_window_seconds: 604800, reset_at: inSeconds(90) / 1000 }
      }
    }
    assert.deepStrictEqual(usageWindowsIn(openAiCodex.usage!, body), [
      { name: "5h", usedPercent: 42, resetsAt: inSeconds(60) },
      { name: "7d", usedPercent: 100, resetsAt: inSeconds(90) }
    ])
  })

  it("is read as anthropic declares it, a window without an end included", () => {
    const body = {
      five_hour: { utilization: 7, resets_at: "2026-11-22T10:01:00Z" },
      seven_day: { utilization: 3, resets_at: null }
    }
    assert.deepStrictEqual(usageWindowsIn(anthropic.usage!, body), [
      { name: "5h", usedPercent: 7, resetsAt: inSeconds(60) },
      { name: "7d", usedPercent: 3 }
    ])
  })

  it.each([undefined, null, [], "text", {}, { rate_limit: null }, { rate_limit: { primary_window: [] } }])(
    "gives no window in another form: %j",
    (body) => {
      assert.deepStrictEqual(usageWindowsIn(openAiCodex.usage!, body), [])
    }
  )
})
