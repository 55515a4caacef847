/**
 * From evidence to verdict. Pure and total, and it reads nothing but what was recorded: another process, or another
 * year, comes to the same verdict under the same rules.
 */
import type { Evidence } from "@daybook/pool/Evidence"
import type { Instant } from "@daybook/pool/Instant"
import type { ApiVerdict, ApiVerdictName, TokenVerdict } from "@daybook/pool/Verdict"
import type { Provider } from "./Provider.ts"
import { type ApiRule, type CredentialKind, matches, type Rule, type TokenRule } from "./Rule.ts"
import { apiRules, tokenRules } from "./Rules.ts"

type RuledProvider = Pick<Provider, "rules">

/** The last rule of every list matches everything. */
const firstMatch = <R extends Rule>(rules: ReadonlyArray<R>, evidence: Evidence, credential: CredentialKind): R =>
  rules.find((rule) => matches(rule.when, evidence, credential)) ?? rules[rules.length - 1]!

/** As the response said it, however far away; a moment that has passed says nothing. */
const untilOf = (evidence: Evidence, now: Instant): { readonly until?: Instant } =>
  evidence.retryAfter !== undefined && evidence.retryAfter > now ? { until: evidence.retryAfter } : {}

const shapeOf = (evidence: Evidence): string =>
  [evidence.status ?? evidence.fault ?? "", evidence.body ?? "", evidence.code ?? ""].join("/")

/** The rule that decides; its verdict is the one of `classifyToken`. */
export const tokenRuleFor = (provider: RuledProvider, evidence: Evidence): TokenRule =>
  firstMatch(tokenRules(provider), evidence, "oauth")

/** The rule that decides; its verdict is the one of `classifyApi`. */
export const apiRuleFor = (provider: RuledProvider, kind: CredentialKind, evidence: Evidence): ApiRule =>
  firstMatch(apiRules(provider), evidence, kind)

/** What a refusal or fault of the token endpoint means. */
export const classifyToken = (provider: RuledProvider, evidence: Evidence, now: Instant): TokenVerdict => {
  const rule = tokenRuleFor(provider, evidence)
  if (rule.verdict === "Terminal") {
    return { verdict: "Terminal", reason: rule.reason, confirm: rule.confirm, rule: rule.id }
  }
  return {
    verdict: "Transient",
    reason: rule.reason,
    ...untilOf(evidence, now),
    ...(rule.reason === "Unrecognized" ? { shape: shapeOf(evidence) } : {}),
    rule: rule.id
  }
}

const waits: ReadonlySet<ApiVerdictName> = new Set(["QuotaExhausted", "RateLimited", "UpstreamFault"])

/** What a refusal or fault of a model API means. */
export const classifyApi = (
  provider: RuledProvider,
  kind: CredentialKind,
  evidence: Evidence,
  now: Instant
): ApiVerdict => {
  const rule = apiRuleFor(provider, kind, evidence)
  return {
    verdict: rule.verdict,
    scope: rule.scope ?? "credential",
    ...(waits.has(rule.verdict) ? untilOf(evidence, now) : {}),
    rule: rule.id
  }
}
