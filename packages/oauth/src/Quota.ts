/**
 * Quota windows as providers announce them in headers of the model API and at endpoints of their own. Which family of
 * headers came says whose they are, so one reader serves every provider. Total: what cannot be read is left out.
 */
import type { Instant } from "@daybook/pool/Instant"
import { isUsedUp, type QuotaWindow } from "@daybook/pool/QuotaWindow"
import { defined } from "./internal/Defined.ts"
import { numberIn, valueAt } from "./internal/Json.ts"
import { endIn, momentIn, secondsAfter } from "./internal/Moment.ts"
import type { HeaderFields } from "./internal/ResetTime.ts"
import type { UsageProbe } from "./Provider.ts"

/** At most so many windows are taken from one answer. */
const mostWindows = 16

/** Of a model API's answer, accepted or refused. */
export const quotaWindowsIn = (headers: HeaderFields, now: Instant): ReadonlyArray<QuotaWindow> =>
  [...codexWindows(headers, now), ...unifiedWindows(headers), ...limits(headers, now)].slice(0, mostWindows)

/**
 * The used-up window that is free again last, the plan's own before those of single models. A limit of requests a
 * minute that is used up is no quota.
 */
export const exhaustedIn = (windows: ReadonlyArray<QuotaWindow>): QuotaWindow | undefined => {
  const used = windows.filter((window) => isUsedUp(window) && !isLimit(window))
  const ofPlan = used.filter(({ name }) => !isOfModel(name))
  return (ofPlan.length > 0 ? ofPlan : used).toSorted((a, b) => (b.resetsAt ?? 0) - (a.resetsAt ?? 0))[0]
}

/** `7d_oi` is a part of the week that one family of models shares. */
export const isOfModel = (name: string): boolean => /^\d+[a-z][_-]/.test(name)

/** What a usage endpoint said; none if it is not in the declared form. */
export const usageWindowsIn = ({ windows }: UsageProbe, body: unknown): ReadonlyArray<QuotaWindow> =>
  windows.flatMap(({ at, name, resetsAt, usedPercent }) => {
    const window = valueAt(body, at)
    return windowOf(name, numberIn(valueAt(window, [usedPercent])), momentIn(valueAt(window, [resetsAt])))
  })

const windowOf = (
  name: string,
  usedPercent: number | undefined,
  resetsAt: Instant | undefined
): ReadonlyArray<QuotaWindow> =>
  usedPercent === undefined || usedPercent < 0 || !Number.isFinite(usedPercent)
    ? []
    : [{ name, usedPercent, ...defined({ resetsAt }) }]

/** OpenAI: percent, length in minutes, and an instant; older servers count seconds down instead. */
const codexWindows = (headers: HeaderFields, now: Instant): ReadonlyArray<QuotaWindow> =>
  ["primary", "secondary"].flatMap((place) => {
    const field = (name: string) => headers[`x-codex-${place}-${name}`]
    const resetsAt = momentIn(field("reset-at")) ?? secondsAfter(now, field("reset-after-seconds"))
    return windowOf(lengthName(numberIn(field("window-minutes"))) ?? place, numberIn(field("used-percent")), resetsAt)
  })

/** Two years; longer windows are a mistake. */
const mostMinutes = 1_051_200

/** 300 minutes are `5h`, 10,080 are `7d`. */
const lengthName = (minutes: number | undefined): string | undefined => {
  if (minutes === undefined || !Number.isInteger(minutes) || minutes < 1 || minutes > mostMinutes) return undefined
  if (minutes % 1440 === 0) return `${minutes / 1440}d`
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`
}

const unified = /^anthropic-ratelimit-unified-([a-z0-9_]{1,16})-utilization$/

/** Anthropic: a fraction of 1, epoch seconds, and `rejected` for a window that is used up whatever its fraction. */
const unifiedWindows = (headers: HeaderFields): ReadonlyArray<QuotaWindow> =>
  Object.keys(headers).flatMap((header) => {
    const name = unified.exec(header)?.[1]
    if (name === undefined || name === "overage") return []
    const field = (part: string) => headers[`anthropic-ratelimit-unified-${name}-${part}`]
    const fraction = numberIn(field("utilization"))
    const percent = fraction === undefined ? undefined : Math.round(fraction * 10_000) / 100
    const used = field("status") === "rejected" ? Math.max(100, percent ?? 100) : percent
    return windowOf(name, used, momentIn(field("reset")))
  })

/** Limits of a minute or so: how many are allowed, how many are left, and when all are free again. */
const limits = (headers: HeaderFields, now: Instant): ReadonlyArray<QuotaWindow> =>
  Object.keys(headers).flatMap((header) => {
    const limit = limitOf(header)
    if (limit === undefined) return []
    const { name, nameOf } = limit
    const [all, left] = [numberIn(headers[header]), numberIn(headers[nameOf("remaining")])]
    const used = all === undefined || left === undefined || all <= 0 ? undefined : 100 - Math.round((left / all) * 100)
    return windowOf(`${limitMark}${name}`, used, endIn(now, headers[nameOf("reset")]))
  })

/** Anthropic names the limit first, everyone else last or not at all. */
const limitOf = (header: string) => {
  const anthropic = /^anthropic-ratelimit-([a-z-]{1,32})-limit$/.exec(header)?.[1]
  if (anthropic !== undefined) {
    return { name: anthropic, nameOf: (part: string) => `anthropic-ratelimit-${anthropic}-${part}` }
  }
  const common = /^x-ratelimit-limit(-[a-z-]{1,32})?$/.exec(header)
  if (common === null) return undefined
  const [, suffix = ""] = common
  return { name: suffix.slice(1) || "all", nameOf: (part: string) => `x-ratelimit-${part}${suffix}` }
}

const limitMark = "limit:"

const isLimit = ({ name }: QuotaWindow): boolean => name.startsWith(limitMark)
