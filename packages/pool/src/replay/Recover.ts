/**
 * Finds out how a recorded decision came about: on which state, at which moment, and with what chance, as far as the
 * present code reaches it at all. A decision is made a little before its event is written, sometimes on a state that
 * another actor had moved already, and a backoff falls at random; none of the three is recorded, each shows in the result.
 */
import type { Instant } from "../Instant.ts"
import type { Policy } from "../Policy.ts"
import { grantById, type PoolState } from "../PoolState.ts"
import type { Draft, Recorded } from "../Recorded.ts"
import type { Act } from "./Act.ts"
import { decide } from "./Decide.ts"
import type { Luck } from "./Decided.ts"
import { differences, type FieldDifference } from "./Difference.ts"
import type { Rules } from "./Rules.ts"

export interface Recovered extends Luck {
  /** Decided on the state so many acts earlier. */
  readonly lag: number
}

export interface Sought {
  readonly act: Act
  /** The state before the act, and before the acts before it: the newest first. */
  readonly states: ReadonlyArray<PoolState>
  readonly policy: Policy
  readonly rules: Rules
  /** Whatever else differs. */
  readonly instantsOnly?: true
}

/** Undefined if the present code does not come to what was recorded. */
export const recover = (sought: Sought): Recovered | undefined => {
  for (const [lag, state] of sought.states.entries()) {
    const luck = recoverOn(state, sought)
    if (luck !== undefined) return { ...luck, lag }
  }
  return undefined
}

/** Where nothing fits: such that the instants fit at least; else at the moment of the event, in the middle of the range. */
export const unrecovered = (sought: Sought): Recovered => {
  const [state] = sought.states
  const found = state && recoverOn(state, { ...sought, instantsOnly: true })
  return { ...(found ?? { now: sought.act[0].at, chance: 0.5 }), lag: 0 }
}

export const decisionsIn = (act: Act): ReadonlyArray<Recorded> => act.filter(({ type }) => decisions.has(type))

const decisions: ReadonlySet<string> = new Set([
  "ErrorClassified",
  "CooldownStarted",
  "CooldownCleared",
  "CredentialQuarantined",
  "QuarantineLifted",
  "OutcomeLost"
])

const recoverOn = (state: PoolState, sought: Sought): Luck | undefined => {
  const [{ at }] = sought.act
  if (outcome(state, sought, { now: at, chance: 0 }) === undefined) return undefined
  const window = windowOf(state, sought)
  for (const back of steps) {
    const found = back > window ? undefined : solve(state, sought, at - back, window - back)
    if (found !== undefined) return found
  }
  return undefined
}

/** How long before its event a decision may have been made, in milliseconds, tried one after the other. */
const steps = [0, 1, 3, 10, 30, 100, 300, 1_000, 2_000, 5_000, 15_000, 60_000]

/** A process that waits for a disk, or is held up, in milliseconds: shorter than any bench. */
const usual = 30_000

/** A failure is not judged before it is recorded; before a revocation is believed, its login's lock is waited for. */
const windowOf = (state: PoolState, { act, policy }: Sought): number => {
  const [first] = act
  if (first.type === "ErrorClassified") {
    const { unclassified } = grantById(state, first.data.grant)
    return Math.max(0, first.at - (unclassified?.at ?? first.at))
  }
  const classified = act[1]
  const waited = classified?.type === "ErrorClassified" && classified.data.verdict === "GrantRevoked"
  return waited ? usual + policy.lockWait : usual
}

/** For a decision at `now` or up to `window` earlier: when, and with what chance, it comes out as recorded. */
const solve = (state: PoolState, sought: Sought, now: Instant, window: number): Luck | undefined => {
  const early = outcome(state, sought, { now, chance: 0 })
  if (early === undefined) return undefined
  if (early.isSame) return { now, chance: leastChance(state, sought, now) }
  if (early.late === undefined) return undefined
  if (early.late > 0) {
    const before = now - early.late
    const isThen = early.late <= window && isReached(state, sought, { now: before, chance: 0 })
    return isThen ? { now: before, chance: leastChance(state, sought, before) } : undefined
  }
  const latest = outcome(state, sought, { now, chance: almostOne })?.late
  if (latest === undefined || latest < 0 || latest === early.late) {
    return isReached(state, sought, { now, chance: almostOne }) ? { now, chance: almostOne } : undefined
  }
  const within = { now, chance: Math.min(almostOne, -early.late / (latest - early.late)) }
  return isReached(state, sought, within) ? within : undefined
}

/** Where any chance gives the same, the middle stands for it. */
const leastChance = (state: PoolState, sought: Sought, now: Instant): number =>
  sought.act[0].type === "ErrorClassified" && isReached(state, sought, { now, chance: almostOne }) ? 0.5 : 0

const almostOne = 1 - 2 ** -53

const isReached = (state: PoolState, sought: Sought, luck: Luck): boolean =>
  outcome(state, sought, luck)?.isSame === true

interface Outcome {
  readonly isSame: boolean
  /** If nothing but one instant differs: by how much it is later than the recorded one. */
  readonly late: number | undefined
}

const outcome = (state: PoolState, { act, instantsOnly, policy, rules }: Sought, luck: Luck): Outcome | undefined => {
  const again = decide(state, act, { ...luck, policy, rules })
  if (again._tag !== "Decided") return undefined
  const fields = differences(decisionsIn(act), draftsOf(again)).flatMap(({ fields }) => fields)
  const minded = instantsOnly === undefined ? fields : fields.filter(({ field }) => instants.has(field))
  return { isSame: minded.length === 0, late: lateness(minded) }
}

export const draftsOf = ({
  after,
  before
}: {
  readonly before: ReadonlyArray<Draft>
  readonly after: ReadonlyArray<Draft>
}): ReadonlyArray<Draft> => [...before, ...after.filter(({ type }) => decisions.has(type))]

const lateness = ([field, ...others]: ReadonlyArray<FieldDifference>): number | undefined => {
  if (field === undefined || others.length > 0 || !instants.has(field.field)) return undefined
  return typeof field.now === "number" && typeof field.recorded === "number" ? field.now - field.recorded : undefined
}

const instants: ReadonlySet<string> = new Set(["until", "retryAt"])
