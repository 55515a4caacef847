/**
 * From evidence to verdict. Pure and total, and it reads nothing but what was recorded: another process, or another
 * year, comes to the same verdict under the same rules.
 */
import type { Evidence } from "@daybook/pool/Evidence"
import type { Instant } from "@daybook/pool/Instant"
import type { ApiVerdict, ApiVerdictName, TokenVerdict } from "@daybook/pool/Verdict"
import type { Provider } from "./Provider.ts"
import { justPassed } from "./internal/Moment.ts"
import { type ApiRule, type CredentialKind, lookAt, matches, type Rule, type TokenRule } from "./Rule.ts"
import { apiRules, tokenRules } from "./Rules.ts"

type RuledProvider = Pick<Provider, "rules">

/** A verdict, and the rule that gave it. */
export interface Judged<R extends Rule, Verdict> {
  readonly rule: R
  readonly verdict: Verdict
}

/** The last rule of every list matches everything. */
const firstMatch = <R extends Rule>(rules: ReadonlyArray<R>, evidence: Evidence, credential: CredentialKind): R => {
  const look = lookAt(evidence, credential)
  return rules.find((rule) => matches(rule.when, look)) ?? rules[rules.length - 1]!
}

/** As the response said it, however far away. A moment that has just passed means now, an older one says nothing. */
const untilOf = ({ retryAfter }: Evidence, now: Instant): { readonly until?: Instant } =>
  retryAfter !== undefined && retryAfter > now - justPassed ? { until: Math.max(retryAfter, now) } : {}

const shapeOf = (evidence: Evidence): string =>
  [evidence.status ?? evidence.fault ?? "", evidence.body ?? "", evidence.code ?? ""].join("/")

/** What a refusal or fault of the token endpoint means. */
export const classifyToken = (provider: RuledProvider, evidence: Evidence, now: Instant): TokenVerdict =>
  judgeToken(provider, evidence, now).verdict

export const judgeToken = (
  provider: RuledProvider,
  evidence: Evidence,
  now: Instant
): Judged<TokenRule, TokenVerdict> => {
  const rule = firstMatch(tokenRules(provider), evidence, "oauth")
  if (rule.verdict === "Terminal") {
    return { rule, verdict: { verdict: "Terminal", reason: rule.reason, confirm: rule.confirm, rule: rule.id } }
  }
  const shape = rule.reason === "Unrecognized" ? { shape: shapeOf(evidence) } : {}
  const until = untilOf(evidence, now)
  return { rule, verdict: { verdict: "Transient", reason: rule.reason, ...until, ...shape, rule: rule.id } }
}

const waits: ReadonlySet<ApiVerdictName> = new Set(["QuotaExhausted", "RateLimited", "UpstreamFault"])

/** What a refusal or fault of a model API means. */
export const classifyApi = (
  provider: RuledProvider,
  kind: CredentialKind,
  evidence: Evidence,
  now: Instant
): ApiVerdict => judgeApi(provider, kind, evidence, now).verdict

export const judgeApi = (
  provider: RuledProvider,
  kind: CredentialKind,
  evidence: Evidence,
  now: Instant
): Judged<ApiRule, ApiVerdict> => {
  const rule = firstMatch(apiRules(provider), evidence, kind)
  const until = waits.has(rule.verdict) ? untilOf(evidence, now) : {}
  return { rule, verdict: { verdict: rule.verdict, scope: rule.scope ?? "credential", ...until, rule: rule.id } }
}
