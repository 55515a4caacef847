/** Rules in words: what each matches and what it concludes, for the page that lists them and for explanations. */
import type { Rule, When } from "./Rule.ts"

/** `status 401 or 403; code invalid_grant; says "reuse"`; an empty condition is `anything`. */
export const conditionOf = (when: When): string => {
  const parts = [
    when.fault === true ? "a transport fault" : when.fault && `fault ${anyOf(when.fault)}`,
    when.left !== undefined && (when.left ? "the request left" : "nothing was sent"),
    when.answered === false && "no answer came",
    when.status && `status ${anyOf(when.status.map(statusText))}`,
    when.codes && `code ${anyOf(when.codes)}`,
    when.words && `says ${anyOf(when.words.map(quoted))}`,
    when.withoutWords && `does not say ${anyOf(when.withoutWords.map(quoted))}`,
    when.body && `body ${anyOf(when.body)}`,
    when.unread && "a body too long to be read",
    when.challenge && "a challenge",
    when.exhausted && `a quota window of the ${when.exhausted} is used up`,
    when.credential && `credential ${when.credential}`
  ].filter((part) => typeof part === "string")
  return parts.length === 0 ? "anything" : parts.join("; ")
}

/** `Terminal Revoked, to be confirmed`; `ModelUnavailable (model)`. */
export const conclusionOf = (rule: Rule): string =>
  rule.surface === "api"
    ? `${rule.verdict}${rule.scope === "model" ? " (model)" : ""}`
    : `${rule.verdict} ${rule.reason}${rule.verdict === "Terminal" && rule.confirm ? ", to be confirmed" : ""}`

const statusText = (status: number | readonly [number, number]): string =>
  typeof status === "number" ? String(status) : status[0] === status[1] ? String(status[0]) : status.join(" to ")

const quoted = (text: string): string => `"${text}"`

const anyOf = (all: ReadonlyArray<string>): string =>
  all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`
