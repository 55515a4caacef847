/**
 * What follows from quota windows: when they are worth an event, when to ask for them, and whether an answer ends a
 * bench. A window that is free again ends no bench but one that a used-up window began.
 */
import type { CredentialId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import type { Policy } from "../Policy.ts"
import type { Credential } from "../PoolState.ts"
import { bindingCooldown } from "../queries/Status.ts"
import { isUsedUp, type QuotaWindow } from "../QuotaWindow.ts"
import type { Draft } from "../Recorded.ts"

/** Windows come with every answer of some APIs: they are recorded once a minute, and at once when one is used up or free again. */
const recordEvery = 60_000

/** The windows as an event, if they say anything new. */
export const observeQuota = (
  { id, quota, quotaAt }: Credential,
  windows: ReadonlyArray<QuotaWindow>,
  now: Instant
): ReadonlyArray<Draft> => {
  if (windows.length === 0 || isEqual(quota, windows)) return []
  const isSoon = quotaAt !== undefined && now - quotaAt < recordEvery && now >= quotaAt
  return isSoon && isEqual(usedUp(quota), usedUp(windows)) ? [] : [observed(id, windows)]
}

/** An answer to a question is recorded even if it says nothing new: other processes then need not ask. */
export const concludeProbe = (
  credential: Credential,
  windows: ReadonlyArray<QuotaWindow>,
  now: Instant
): ReadonlyArray<Draft> => {
  if (windows.length === 0) return []
  const isFree = !windows.some(isUsedUp) && isBenchedByQuota(credential, now)
  return [observed(credential.id, windows), ...(isFree ? [clearedByProbe(credential.id)] : [])]
}

/** Whether the provider should be asked if the quota of a benched credential is free again. */
export const isProbeDue = (
  credential: Credential,
  asked: Instant | undefined,
  now: Instant,
  policy: Policy
): boolean => {
  const last = Math.max(asked ?? 0, credential.quotaAt ?? 0)
  return isBenchedByQuota(credential, now) && now - last >= policy.probeEvery
}

/** Rate limits of a minute are left to run out. */
const isBenchedByQuota = (credential: Credential, now: Instant): boolean =>
  bindingCooldown(credential, now)?.reason === "QuotaExhausted"

const observed = (credential: CredentialId, windows: ReadonlyArray<QuotaWindow>): Draft => ({
  type: "QuotaObserved",
  v: 1,
  credential,
  data: { windows }
})

const clearedByProbe = (credential: CredentialId): Draft => ({
  type: "CooldownCleared",
  v: 1,
  credential,
  data: { by: "probe" }
})

const usedUp = (windows: ReadonlyArray<QuotaWindow>): ReadonlyArray<QuotaWindow> => windows.filter(isUsedUp)

const isEqual = (left: ReadonlyArray<QuotaWindow>, right: ReadonlyArray<QuotaWindow>): boolean =>
  left.length === right.length &&
  left.every(({ name, resetsAt, usedPercent }, index) => {
    const other = right[index]
    return other?.name === name && other.resetsAt === resetsAt && other.usedPercent === usedPercent
  })
