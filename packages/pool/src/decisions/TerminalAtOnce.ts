/**
 * What a policy makes of a token endpoint's refusal that no rule takes for the end of a login. What came from something
 * before the provider, was not read, or is no refusal at all stays what the rules say it is.
 */
import type { Evidence } from "../Evidence.ts"
import type { Policy, TerminalRow } from "../Policy.ts"
import type { TokenVerdict } from "../Verdict.ts"

/** Recorded in the place of a rule. */
const byPolicy = "policy/terminal"

/** The verdict of the rules, unless the policy says that the login is dead. */
export const underPolicy = (
  policy: Policy,
  provider: string,
  evidence: Evidence,
  verdict: TokenVerdict
): TokenVerdict =>
  verdict.verdict === "Transient" &&
  verdict.reason !== "EdgeBlocked" &&
  evidence.unread !== true &&
  policy.terminal.some((row) => matches(row, provider, evidence))
    ? { verdict: "Terminal", reason: "Revoked", confirm: false, rule: byPolicy }
    : verdict

const matches = (row: TerminalRow, provider: string, { code, status }: Evidence): boolean =>
  row.provider === provider &&
  status !== undefined &&
  row.statuses.includes(status) &&
  (row.uncoded === undefined || code === undefined)
