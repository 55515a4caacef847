/**
 * Two credentials of one account are one quota: what the use of one has met holds for the other. Nothing of this is
 * recorded; it follows from the account that the current generation of each belongs to.
 */
import { HashMap } from "effect"
import type { Generation } from "../Generation.ts"
import type { CredentialId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import { modelName } from "../ModelName.ts"
import { type Cooldown, type Credential, grantById, members, type PoolState } from "../PoolState.ts"
import type { QuotaWindow } from "../QuotaWindow.ts"
import type { ApiVerdictName } from "../Verdict.ts"

/** A bench that holds a credential back, and whose it is. */
export interface Bench extends Cooldown {
  readonly of: CredentialId
  /** Of one model only. */
  readonly model?: string
}

/** The members on the account of this one, itself first; only itself if nobody said whose it is. */
export const onAccountOf = (state: PoolState, credential: Credential): ReadonlyArray<Credential> => {
  const generation = generationOf(state, credential)
  const others = members(state).filter(
    (other) =>
      other.id !== credential.id &&
      other.provider === credential.provider &&
      isSameQuota(generationOf(state, other), generation)
  )
  return [credential, ...others]
}

type Whose = Pick<Generation, "account" | "seat">

/** The same account, and not known to be two of its users. */
export const isSameQuota = (one: Whose | undefined, other: Whose | undefined): boolean =>
  one?.account !== undefined &&
  one.account === other?.account &&
  (one.seat === undefined || other.seat === undefined || one.seat === other.seat)

export const generationOf = (state: PoolState, { grant }: Credential): Generation | undefined =>
  grantById(state, grant).current

/** What an account has too much or too little of, whichever of its logins asks. */
const ofTheAccount: ReadonlySet<ApiVerdictName> = new Set(["QuotaExhausted", "RateLimited", "BillingRequired"])

/** Whether what benches one credential of an account benches them all. */
export const isOfTheAccount = ({ reason }: Pick<Cooldown, "reason">): boolean => ofTheAccount.has(reason)

/** The last to end of the benches that hold a credential back, for any model or for this one, its account's included. */
export const bindingBench = (
  state: PoolState,
  credential: Credential,
  now: Instant,
  model?: string
): Bench | undefined => {
  const own = benchesOf(credential, now, model)
  const shared = hasBenchedMates(state, credential)
    ? onAccountOf(state, credential)
        .slice(1)
        .flatMap((other) => benchesOf(other, now, model).filter(isOfTheAccount))
    : []
  return lastToEnd([...own, ...shared])
}

/** Mostly nobody is benched, and then nobody's account is asked for. */
const hasBenchedMates = (state: PoolState, { id, provider }: Credential): boolean =>
  HashMap.some(
    state.credentials,
    (other) =>
      other.provider === provider &&
      other.id !== id &&
      (other.cooldown !== undefined || HashMap.size(other.modelCooldowns) > 0)
  )

/** The same without those of its account. */
export const bindingCooldown = (credential: Credential, now: Instant, model?: string): Bench | undefined =>
  lastToEnd(benchesOf(credential, now, model))

const benchesOf = (credential: Credential, now: Instant, wanted?: string): ReadonlyArray<Bench> => {
  const name = wanted === undefined ? undefined : modelName(wanted)
  return allBenchesOf(credential, now).filter(({ model }) => model === undefined || model === name)
}

/** Those of the credential itself that have not ended, and those of its models. */
export const allBenchesOf = ({ cooldown, id, modelCooldowns }: Credential, now: Instant): ReadonlyArray<Bench> => {
  const own = cooldown === undefined ? [] : [{ ...cooldown, of: id }]
  const ofModels = Array.from(modelCooldowns, ([model, bench]) => ({ ...bench, of: id, model }))
  return [...own, ...ofModels].filter(({ until }) => until > now)
}

const lastToEnd = (benches: ReadonlyArray<Bench>): Bench | undefined =>
  benches.reduce<Bench | undefined>(
    (last, bench) => (last === undefined || bench.until > last.until ? bench : last),
    undefined
  )

/** The windows that were said last of any credential of the account. */
export const quotaOf = (state: PoolState, credential: Credential): ReadonlyArray<QuotaWindow> =>
  onAccountOf(state, credential).reduce((newest, other) =>
    (other.quotaAt ?? -Infinity) > (newest.quotaAt ?? -Infinity) ? other : newest
  ).quota
