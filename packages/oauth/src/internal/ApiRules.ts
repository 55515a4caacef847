/** What the refusals of a model API mean, for every provider. Order counts: the first match wins. */
import type { ApiVerdictName } from "@daybook/pool/Verdict"
import type { ApiRule, When } from "../Rule.ts"

const rule = (id: string, verdict: ApiVerdictName, when: When, source: string): ApiRule => ({
  id: `api/${id}`,
  version: 1,
  surface: "api",
  when,
  verdict,
  source
})

const second = (first: ApiRule): ApiRule => ({ ...first, version: 2 })

const aboutModel = (id: string, when: When, source: string): ApiRule => ({
  ...rule(id, "ModelUnavailable", when, source),
  scope: "model"
})

const accessCodes = [
  "token_expired",
  "invalid_token",
  "invalid_api_key",
  "authentication_error",
  "unauthenticated",
  "token_invalidated",
  "token_revoked"
]

export const beforeProvider: ReadonlyArray<ApiRule> = [
  rule("transport", "UpstreamFault", { fault: true, answered: false }, "no answer says nothing of the credential"),
  rule("status/3xx", "UpstreamFault", { status: [[300, 399]] }, "a request with a credential follows no redirect")
]

const codes: ReadonlyArray<ApiRule> = [
  rule(
    "words/upstream",
    "UpstreamFault",
    { words: ["provider returned error"], status: [[400, 599]] },
    "OpenRouter passes on what the route behind it said; the credential is not concerned"
  ),
  rule(
    "words/missing-scopes",
    "NotEntitled",
    { words: ["missing scopes"], status: [401, 403] },
    "OpenAI's answer to a key that may do less than was asked"
  ),
  second(
    rule(
      "codes/key-refused",
      "GrantRevoked",
      { credential: "apiKey", codes: accessCodes, status: [401, 403] },
      "an API key has nothing to refresh"
    )
  ),
  rule(
    "codes/token_revoked",
    "GrantRevoked",
    { codes: ["token_invalidated", "token_revoked"], status: [401] },
    "OpenAI: the login behind the token was ended"
  ),
  rule(
    "codes/access-refused",
    "AccessExpired",
    { codes: accessCodes, status: [401, 403] },
    "RFC 6750 section 3.1: invalid_token speaks of the access token"
  ),
  second(
    rule(
      "words/usage-limit",
      "QuotaExhausted",
      {
        words: [
          "usage limit reached",
          "usage limit has been reached",
          "reached your usage limit",
          "hit your usage limit"
        ],
        status: [[402, 499]]
      },
      "a window is quota, also under 402 and 403; under 400 the words may be an echo"
    )
  ),
  rule(
    "words/spending-cap",
    "QuotaExhausted",
    { words: ["you have reached your specified api usage limits"], status: [400, 403, 429] },
    "Anthropic's answer once an organization has spent what it allowed itself for the month"
  ),
  rule(
    "codes/usage-limit",
    "QuotaExhausted",
    { codes: ["usage_limit_reached", "gousagelimiterror"] },
    "OpenAI's and OpenCode's names for a used-up window"
  ),
  rule(
    "codes/billing",
    "BillingRequired",
    { codes: ["insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "payment_required"] },
    "OpenAI's names for an account without credit"
  ),
  second(
    rule(
      "words/billing",
      "BillingRequired",
      { words: ["your credit balance is too low", "insufficient balance", "spending limit"], status: [402, 403, 429] },
      "Anthropic, DeepSeek and xAI say it in words"
    )
  ),
  rule(
    "words/credit-balance",
    "BillingRequired",
    { words: ["your credit balance is too low to access"], status: [400] },
    "Anthropic says it under 400"
  ),
  rule(
    "window-used-up",
    "QuotaExhausted",
    { exhausted: "plan", status: [429] },
    "x-codex-* and anthropic-ratelimit-unified-* headers: a window of the plan stands at 100 percent, or is rejected"
  ),
  {
    ...rule(
      "model-window-used-up",
      "QuotaExhausted",
      { exhausted: "model", status: [429] },
      "anthropic-ratelimit-unified-* headers: only a window that some models share is used up"
    ),
    scope: "model"
  },
  rule(
    "codes/rate-limited",
    "RateLimited",
    { codes: ["rate_limit_exceeded", "rate_limit_error", "rate_limited", "too_many_requests"] },
    "OpenAI's and Anthropic's names"
  ),
  aboutModel("codes/model", { codes: ["model_not_found", "model_not_supported"] }, "OpenAI's names"),
  rule(
    "codes/upstream",
    "UpstreamFault",
    {
      codes: [
        "server_error",
        "internal_server_error",
        "api_error",
        "overloaded_error",
        "service_unavailable",
        "temporarily_unavailable"
      ]
    },
    "OpenAI's and Anthropic's names; aggregators send them under 403 too"
  ),
  rule(
    "codes/not-entitled",
    "NotEntitled",
    { codes: ["permission_error", "permission_denied", "permission-denied", "insufficient_scope"] },
    "Anthropic's and xAI's names; RFC 6750 section 3.1"
  )
]

const answers: ReadonlyArray<ApiRule> = [
  rule("edge/challenge", "UpstreamFault", { challenge: true }, "Cloudflare's and Vercel's challenges"),
  rule("edge/html", "UpstreamFault", { body: ["html"] }, "a model API does not answer in HTML"),
  rule("status/429", "RateLimited", { status: [429] }, "RFC 6585 section 4"),
  rule("status/5xx", "UpstreamFault", { status: [408, [500, 599]] }, "RFC 9110 section 15.6"),
  rule("status/402", "BillingRequired", { status: [402] }, "RFC 9110 section 15.5.3"),
  rule("status/401.key", "GrantRevoked", { status: [401], credential: "apiKey" }, "an API key has nothing to refresh"),
  rule("status/401", "AccessExpired", { status: [401] }, "RFC 6750 section 3: one forced refresh decides"),
  rule("edge/unread-403", "UpstreamFault", { status: [403], unread: true }, "nobody read what it forbids, or whether"),
  rule(
    "edge/bare-403",
    "UpstreamFault",
    { status: [403], body: ["text", "empty"] },
    "a model API says in JSON what it forbids; a bare word comes from something in front of it"
  ),
  rule("status/403", "NotEntitled", { status: [403] }, "RFC 9110 section 15.5.4: authenticating again does not help"),
  rule("status/4xx", "RequestFault", { status: [[400, 499]] }, "RFC 9110 section 15.5")
]

export const afterProvider: ReadonlyArray<ApiRule> = [...codes, ...answers]

/** Nothing is held against a credential for an answer that nobody understands. */
export const unrecognized: ApiRule = rule("unrecognized", "UpstreamFault", {}, "no rule matched")
