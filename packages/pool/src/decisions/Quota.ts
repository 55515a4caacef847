/**
 * What follows from quota windows: when they are worth an event, when to ask for them, and whether an answer ends a
 * bench. A window that is free again ends no bench but one that a used-up window began.
 */
import type { CredentialId, EventId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import type { Policy } from "../Policy.ts"
import type { Credential, PoolState } from "../PoolState.ts"
import { bindingCooldown, onAccountOf, quotaOf } from "../queries/Account.ts"
import { isUsedUp, type QuotaWindow } from "../QuotaWindow.ts"
import type { Draft } from "../Recorded.ts"
import { endedByProbe } from "./Bench.ts"

/** Windows come with every answer of some APIs: they are recorded once a minute, and at once when one is used up or free again. */
const recordEvery = 60_000

/** The windows as an event, if they say anything new. */
export const observeQuota = (
  { id, quota, quotaAt }: Credential,
  windows: ReadonlyArray<QuotaWindow>,
  now: Instant
): ReadonlyArray<Draft> => {
  if (windows.length === 0 || isEqual(quota, windows)) return []
  const isNews =
    !isWithin(recordEvery, quotaAt, now) || !haveSameNames(quota.filter(isUsedUp), windows.filter(isUsedUp))
  return isNews ? [observed(id, windows)] : []
}

/** What a usage endpoint said. */
export interface QuotaAnswer {
  readonly windows: ReadonlyArray<QuotaWindow>
  /** The names of all windows that the endpoint can speak of. */
  readonly declared: ReadonlyArray<string>
}

/**
 * For a credential in the state in which the question was asked. The answer is recorded even if it says nothing new: other
 * processes then need not ask.
 */
export const concludeProbe = (
  state: PoolState,
  credential: Credential,
  answer: QuotaAnswer,
  now: Instant
): ReadonlyArray<Draft> => {
  const { windows } = answer
  if (windows.length === 0 || leavesOut(answer, quotaOf(state, credential), now)) return [unanswered(credential)]
  return [observed(credential.id, windows), ...(windows.some(isUsedUp) ? [] : endedByProbe(state, credential, now))]
}

/** It says nothing of a window that is used up, although the endpoint could: no answer to what was asked. */
const leavesOut = ({ declared, windows }: QuotaAnswer, known: ReadonlyArray<QuotaWindow>, now: Instant): boolean => {
  const said = new Set(windows.map(({ name }) => name))
  return known.some((window) => isStillUsedUp(window, now) && declared.includes(window.name) && !said.has(window.name))
}

const isStillUsedUp = (window: QuotaWindow, now: Instant): boolean =>
  isUsedUp(window) && (window.resetsAt === undefined || window.resetsAt > now)

/**
 * Whether the provider should be asked if the quota of a benched credential is free again. A paused one is left alone,
 * and so is an API key: such questions are for logins, and a key that is refused there would be taken for a dead one.
 */
export const isProbeDue = (state: PoolState, credential: Credential, now: Instant, { probeEvery }: Policy): boolean =>
  credential.kind === "oauth" &&
  credential.operator === "enabled" &&
  onAccountOf(state, credential).some((one) => isBenchedByQuota(one, now)) &&
  onAccountOf(state, credential).every(
    ({ quotaAsked, quotaAt }) => !isWithin(probeEvery, quotaAsked?.at, now) && !isWithin(probeEvery, quotaAt, now)
  )

/** The question that goes on record before it is asked. */
export const probeOf = ({ id }: Credential, event: EventId, now: Instant, { probeEvery }: Policy): Draft => ({
  type: "QuotaAsked",
  v: 1,
  id: event,
  credential: id,
  data: { notSince: now - probeEvery }
})

/** The answer to a question, where it is of no use. */
export const unanswered = ({ id }: Credential): Draft => ({
  type: "QuotaObserved",
  v: 1,
  credential: id,
  data: { windows: [], unanswered: true }
})

/** An instant that is still to come was written by a clock that was ahead, and is not waited for. */
const isWithin = (millis: number, past: Instant | undefined, now: Instant): boolean =>
  past !== undefined && now >= past && now - past < millis

/** Rate limits of a minute are left to run out. */
const isBenchedByQuota = (credential: Credential, now: Instant): boolean =>
  bindingCooldown(credential, now)?.reason === "QuotaExhausted"

const observed = (credential: CredentialId, windows: ReadonlyArray<QuotaWindow>): Draft => ({
  type: "QuotaObserved",
  v: 1,
  credential,
  data: { windows }
})

const haveSameNames = (left: ReadonlyArray<QuotaWindow>, right: ReadonlyArray<QuotaWindow>): boolean =>
  left.length === right.length && left.every(({ name }, index) => right[index]?.name === name)

const isEqual = (left: ReadonlyArray<QuotaWindow>, right: ReadonlyArray<QuotaWindow>): boolean =>
  left.length === right.length &&
  left.every(({ name, resetsAt, usedPercent }, index) => {
    const other = right[index]
    return other?.name === name && other.resetsAt === resetsAt && other.usedPercent === usedPercent
  })
