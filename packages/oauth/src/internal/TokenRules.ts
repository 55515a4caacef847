/** What the answers of a token endpoint mean, for every provider. Order counts: the first match wins. */
import type { TokenRule, When } from "../Rule.ts"
import type { TransientReason } from "@daybook/pool/Verdict"

const rfc6749 = "RFC 6749 section 5.2"

const transient = (id: string, reason: TransientReason, when: When, source: string): TokenRule => ({
  id,
  version: 1,
  surface: "token",
  when,
  verdict: "Transient",
  reason,
  source
})

/** The token was refused; looked at again before it is believed, since the winner of a race may just have spent it. */
const refused = (id: string, reason: "Reused" | "Expired" | "Revoked", when: When, source: string): TokenRule => ({
  id,
  version: 1,
  surface: "token",
  when,
  verdict: "Terminal",
  reason,
  confirm: true,
  source
})

const spentToken = ["invalid_grant", "invalid_token", "invalid_refresh_token", "bad_refresh_token"]
const reuseWords = ["reuse", "already been used", "already used", "already been redeemed", "already redeemed"]

/** Transport faults and redirects: whatever the body says, it is not the token endpoint's word. */
export const beforeProvider: ReadonlyArray<TokenRule> = [
  {
    ...transient(
      "transport/misconfigured",
      "Misconfigured",
      {
        fault: ["insecure-endpoint", "discovery-invalid", "client-secret-missing", "UND_ERR_INVALID_ARG"],
        left: false
      },
      "nothing was sent: no TLS (RFC 6749 section 3.2), an issuer that names a foreign endpoint (RFC 8414 section 3.3), no client secret, or a request that undici refused to write"
    ),
    version: 2
  },
  transient("transport/not-sent", "Network", { fault: true, left: false }, "the connection never opened"),
  transient("transport/no-answer", "OutcomeUnknown", { fault: true }, "the request left; the token may be spent"),
  transient(
    "status/3xx",
    "EdgeBlocked",
    { status: [[300, 399]] },
    "a request with a credential follows no redirect (RFC 9700 section 4.12)"
  )
]

const codes: ReadonlyArray<TokenRule> = [
  refused(
    "codes/refresh_token_reused",
    "Reused",
    { codes: ["refresh_token_reused"] },
    "single-use rotation (RFC 9700 section 4.14.2)"
  ),
  refused("codes/refresh_token_expired", "Expired", { codes: ["refresh_token_expired"] }, "OpenAI's token endpoint"),
  refused(
    "codes/refresh_token_revoked",
    "Revoked",
    { codes: ["refresh_token_invalidated", "refresh_token_revoked"] },
    "OpenAI's token endpoint"
  ),
  refused(
    "codes/invalid_grant.reused",
    "Reused",
    { codes: spentToken, words: reuseWords },
    "descriptions given with invalid_grant"
  ),
  refused(
    "codes/invalid_grant.expired",
    "Expired",
    { codes: spentToken, words: ["expired"], withoutWords: ["revoked", "invalid", "incorrect", "not found"] },
    "descriptions given with invalid_grant"
  ),
  refused(
    "codes/invalid_grant",
    "Revoked",
    { codes: spentToken },
    `${rfc6749}; GitHub's and OpenAI's own names for it`
  ),
  {
    id: "codes/account_closed",
    version: 1,
    surface: "token",
    when: { codes: ["account_deactivated", "account_suspended", "account_deleted"] },
    verdict: "Terminal",
    reason: "AccountClosed",
    confirm: false,
    source: "OpenAI's token endpoint; no newer token of a closed account is of use"
  },
  transient(
    "codes/misconfigured",
    "Misconfigured",
    {
      codes: [
        "invalid_request",
        "invalid_client",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
        "authorization_pending"
      ]
    },
    `${rfc6749}; authorization_pending of RFC 8628 section 3.5 is no answer to a refresh`
  ),
  transient(
    "codes/rate_limited",
    "RateLimited",
    {
      codes: [
        "rate_limited",
        "rate_limit_exceeded",
        "rate_limit_error",
        "too_many_requests",
        "usage_limit_reached",
        "slow_down"
      ]
    },
    "names in use; slow_down from RFC 8628 section 3.5"
  ),
  transient(
    "codes/server_error",
    "ServerError",
    {
      codes: [
        "server_error",
        "temporarily_unavailable",
        "internal_server_error",
        "service_unavailable",
        "overloaded_error"
      ]
    },
    "RFC 6749 section 4.1.2.1, used at token endpoints too"
  ),
  {
    ...transient(
      "codes/denied",
      "Denied",
      {
        codes: ["access_denied", "permission_denied", "permission-denied", "unsupported_country_region_territory"]
      },
      "RFC 6749 section 4.1.2.1; xAI's answer to a plan that does not include the API, OpenAI's to a country"
    ),
    version: 2
  }
]

const answers: ReadonlyArray<TokenRule> = [
  transient(
    "status/2xx",
    "OutcomeUnknown",
    { status: [[200, 299]] },
    "RFC 6749 section 5.1: access_token is required; the token may be spent all the same"
  ),
  transient("edge/challenge", "EdgeBlocked", { challenge: true }, "Cloudflare's and Vercel's challenges"),
  transient(
    "edge/html",
    "EdgeBlocked",
    {
      body: ["html"],
      status: [
        [400, 407],
        [409, 499]
      ]
    },
    "a token endpoint answers in JSON (RFC 6749 section 5.2); a gateway's 5xx or 408 page says nothing of the token"
  ),
  transient(
    "status/gateway",
    "OutcomeUnknown",
    { status: [408, 502, 504] },
    "RFC 9110 sections 15.5.9, 15.6.3, 15.6.5: the answer behind it was lost"
  ),
  transient("status/429", "RateLimited", { status: [429] }, "RFC 6585 section 4"),
  transient("status/5xx", "ServerError", { status: [[500, 599]] }, "RFC 9110 section 15.6"),
  transient("status/402", "Denied", { status: [402] }, "RFC 9110 section 15.5.3: not a matter of the login")
]

export const afterProvider: ReadonlyArray<TokenRule> = [...codes, ...answers]

/** A shape nobody knows is never terminal. */
export const unrecognized: TokenRule = transient("unrecognized", "Unrecognized", {}, "no rule matched")
