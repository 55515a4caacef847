/** How anthropic speaks of a plan's windows. */
import { blockedUntil, isUsedUp, type Quota, shown, type Window } from "../../Quota.ts"
import * as Answer from "../Answer.ts"
import { type Metering } from "../Protocol.ts"

/** An error body of the model API. */
export const errorAnswer = (status: number, type: string, message: string): Answer.Answer =>
  Answer.json(status, { type: "error", error: { type, message } }, type)

const prefix = "anthropic-ratelimit-unified"

const statusWord = (blocked: boolean) => (blocked ? "rejected" : "allowed")

const headersOf = (name: "5h" | "7d", window: Window | undefined): Record<string, string> =>
  window === undefined
    ? {}
    : {
        [`${prefix}-${name}-utilization`]: String(window.usedPercent / 100),
        [`${prefix}-${name}-reset`]: String(window.resetsAt),
        [`${prefix}-${name}-status`]: statusWord(isUsedUp(window))
      }

/** The verdict over both windows: until when calls are refused, else when the first window starts again. */
const verdict = (quota: Quota): Record<string, string> => {
  const blocked = blockedUntil(quota)
  const reset = blocked ?? quota.primary?.resetsAt ?? quota.secondary?.resetsAt
  if (reset === undefined) return {}
  return { [`${prefix}-status`]: statusWord(blocked !== null), [`${prefix}-reset`]: String(reset) }
}

const refusal = () =>
  errorAnswer(429, "rate_limit_error", "This request would exceed your account's rate limit. Please try again later.")

export const metering: Metering = {
  headers: (quota) => ({
    ...headersOf("5h", quota.primary),
    ...headersOf("7d", quota.secondary),
    ...verdict(quota)
  }),
  refusal
}

const windowOf = ({ usedPercent, resetsAt }: Window) => ({
  utilization: usedPercent,
  resets_at: new Date(resetsAt * 1000).toISOString()
})

/** `GET /api/oauth/usage`; `now` in epoch seconds. */
export const usage = (quota: Quota, now: number) => ({
  five_hour: windowOf(shown(quota, "primary", now)),
  seven_day: windowOf(shown(quota, "secondary", now))
})
