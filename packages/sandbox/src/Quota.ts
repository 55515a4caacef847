/**
 * How much of a plan's allowance a login has used, in a short window (five hours) and a long one (a week).
 *
 * The figures stand as they were set until they are set again, also after `resetsAt`.
 */
import { Schema } from "effect"

/** `usedPercent` is 0 to 100 and more, `resetsAt` epoch seconds. */
export const Window = Schema.Struct({ usedPercent: Schema.Finite, resetsAt: Schema.Int })
export type Window = typeof Window.Type

/** `primary` is the short window, `secondary` the long one; one that is absent limits nothing. */
export const windows = { primary: Schema.optionalKey(Window), secondary: Schema.optionalKey(Window) }

export interface Quota {
  readonly primary?: Window
  readonly secondary?: Window
}

/** Seconds that each window lasts. */
export const seconds = { primary: 18_000, secondary: 604_800 } as const

export const isUsedUp = (window: Window): boolean => window.usedPercent >= 100

/** When calls are allowed again, in epoch seconds; null if they are allowed now. */
export const blockedUntil = ({ primary, secondary }: Quota): number | null => {
  const usedUp = [primary, secondary].filter((window) => window !== undefined).filter(isUsedUp)
  return usedUp.length === 0 ? null : Math.max(...usedUp.map((window) => window.resetsAt))
}

/** A window as the usage endpoints show it; next to unused where nothing was set. `now` in epoch seconds. */
export const shown = (quota: Quota, name: keyof Quota, now: number): Window =>
  quota[name] ?? { usedPercent: 1, resetsAt: now + seconds[name] }
