/**
 * All rules that speak about a provider's answers, in the order in which they are tried: what the transport says,
 * redirects, the provider's own rules, error codes whatever the status, statuses, and at last "unrecognized",
 * which matches everything and is never terminal.
 */
import * as api from "./internal/ApiRules.ts"
import { once } from "./internal/Once.ts"
import * as token from "./internal/TokenRules.ts"
import type { Provider } from "./Provider.ts"
import type { ApiRule, Rule, TokenRule } from "./Rule.ts"

/** Recorded with every decision; goes up whenever the same evidence may get another verdict. */
export const classifierVersion = 2

/** RFC 6749 section 5.2, and what the field made of it. */
export const tokenRules = ({ rules }: Pick<Provider, "rules">): ReadonlyArray<TokenRule> => tokenRulesWith(rules)

/** RFC 6750 section 3.1, and what the field made of it. */
export const apiRules = ({ rules }: Pick<Provider, "rules">): ReadonlyArray<ApiRule> => apiRulesWith(rules)

const tokenRulesWith = once((own: ReadonlyArray<Rule>): ReadonlyArray<TokenRule> => [
  ...token.beforeProvider,
  ...own.filter((rule) => rule.surface === "token"),
  ...token.afterProvider,
  token.unrecognized
])

const apiRulesWith = once((own: ReadonlyArray<Rule>): ReadonlyArray<ApiRule> => [
  ...api.beforeProvider,
  ...own.filter((rule) => rule.surface === "api"),
  ...api.afterProvider,
  api.unrecognized
])
