/** How codex speaks of a plan's windows. */
import { blockedUntil, type Quota, seconds, shown, type Window } from "../../Quota.ts"
import * as Answer from "../Answer.ts"
import { type Metering } from "../Protocol.ts"

const headersOf = (name: keyof Quota, window: Window | undefined): Record<string, string> =>
  window === undefined
    ? {}
    : {
        [`x-codex-${name}-used-percent`]: String(window.usedPercent),
        [`x-codex-${name}-window-minutes`]: String(seconds[name] / 60),
        [`x-codex-${name}-reset-at`]: String(window.resetsAt)
      }

/** 429 `usage_limit_reached`; `until` in epoch seconds. */
export const usageLimitReached = (until: number): Answer.Answer => {
  const type = "usage_limit_reached"
  return Answer.json(429, { error: { type, message: "The usage limit has been reached", resets_at: until } }, type)
}

export const metering: Metering = {
  headers: ({ primary, secondary }) => ({ ...headersOf("primary", primary), ...headersOf("secondary", secondary) }),
  refusal: usageLimitReached
}

const windowOf = (quota: Quota, name: keyof Quota, now: number) => {
  const { usedPercent, resetsAt } = shown(quota, name, now)
  return { used_percent: usedPercent, limit_window_seconds: seconds[name], reset_at: resetsAt }
}

/** `GET /backend-api/wham/usage`; `now` in epoch seconds. */
export const usage = (plan: string, quota: Quota, now: number) => {
  const blocked = blockedUntil(quota) !== null
  return {
    plan_type: plan,
    rate_limit: {
      allowed: !blocked,
      limit_reached: blocked,
      primary_window: windowOf(quota, "primary", now),
      secondary_window: windowOf(quota, "secondary", now)
    },
    credits: { has_credits: false, unlimited: false }
  }
}
