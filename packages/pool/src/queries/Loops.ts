/**
 * Loops that a credential is caught in: the same useless thing done again and again. They are found in a ledger's events
 * in order, each looked at once, in memory that does not grow with the ledger. What is busy, slow or unlucky is no loop.
 */
import type { EventType } from "../Event.ts"
import type { ActorId, CredentialId, GrantId, Seq } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import { adoptPingPong } from "../internal/loops/AdoptPingPong.ts"
import { claimWithoutOutcome } from "../internal/loops/ClaimWithoutOutcome.ts"
import { cooldownReentry } from "../internal/loops/CooldownReentry.ts"
import { deadTokenCalls } from "../internal/loops/DeadTokenCalls.ts"
import { deadTokenSendings } from "../internal/loops/DeadTokenSendings.ts"
import { makeLineages } from "../internal/loops/Lineages.ts"
import { oldTokenPutBack } from "../internal/loops/OldTokenPutBack.ts"
import { quarantineFlapping } from "../internal/loops/QuarantineFlapping.ts"
import { refreshChangesNothing } from "../internal/loops/RefreshChangesNothing.ts"
import { refreshStorm } from "../internal/loops/RefreshStorm.ts"
import type { Run } from "../internal/loops/Runs.ts"
import type { Recorded } from "../Recorded.ts"
import type { StoreKind } from "../StoreRef.ts"

export const loopKinds = [
  /** A token that is known to be refused or spent is sent again, or put back into its store. */
  "dead-token-replayed",
  /** A refresh brings the same access token, or one that is refused at once like the one before. */
  "refresh-changes-nothing",
  /** A grant goes back and forth between the same tokens. */
  "adopt-ping-pong",
  /** A refresh is begun and its answer lost, one after the other. */
  "claim-without-outcome",
  /** A login dies, comes back and dies again at once. */
  "quarantine-flapping",
  /** A bench ends by time, and the next call meets the same refusal. */
  "cooldown-reentry",
  /** Many more refreshes than the lifetimes of the tokens explain. */
  "refresh-storm"
] as const
export type LoopKind = (typeof loopKinds)[number]

/** What a person or a program does to end a loop. */
export const stopActs = [
  "log-in",
  /** One program alone refreshes this login. */
  "one-writer",
  "pay",
  "pause",
  /** Whatever kills the process gives it the time that a refresh may take. */
  "let-finish",
  /** Callers take the token that is there, and do not ask for another one each time. */
  "calm-callers",
  /** The API refuses what the provider has just given: its address or the account's rights are wrong. */
  "check-api"
] as const
export type StopAct = (typeof stopActs)[number]

export interface Place {
  readonly seq: Seq
  readonly at: Instant
}

export interface Loop {
  readonly kind: LoopKind
  readonly credential: CredentialId | undefined
  readonly grant: GrantId | undefined
  /** Only this model on it is concerned. */
  readonly model: string | undefined
  /** Where it was done for the first time. */
  readonly first: Place
  readonly last: Place
  readonly iterations: number
  /** Milliseconds from one iteration to the next: the median of the newest 64. */
  readonly period: number
  /** The first 16 processes that took part, in order of appearance. */
  readonly actors: ReadonlyArray<ActorId>
  /** Stores through which programs took part that do not write this ledger. */
  readonly stores: ReadonlyArray<StoreKind>
  /** Requests of the loop from which nobody could learn anything that was not in the ledger already. */
  readonly wasted: number
  /** The last rule that judged an answer in it. */
  readonly rule: string | undefined
  /** The field of the policy that lets it go on. */
  readonly policy: string | undefined
  readonly stop: StopAct
  /** What broke it, if that is recorded. */
  readonly ended: Place | undefined
  /** Nothing broke it, and its next iteration is not overdue by much. */
  readonly running: boolean
}

export interface LoopDetector {
  /** The loops that this event makes such; mostly none. */
  readonly take: (event: Recorded) => ReadonlyArray<Loop>
  /** All that were found so far, as of an instant, by their beginning: of each kind the newest few hundred. */
  readonly found: (now: Instant) => ReadonlyArray<Loop>
}

/**
 * All that the detector looks at; events of other types change nothing. Intents and accepted calls are most of a ledger,
 * and are none of them: what came of them is recorded.
 */
export const loopTypes: ReadonlySet<EventType> = new Set<EventType>([
  "PolicyApplied",
  "CredentialRemoved",
  "CredentialPaused",
  "GenerationObserved",
  "VaultRead",
  "RefreshSucceeded",
  "RefreshFailed",
  "ErrorClassified",
  "OutcomeLost",
  "RaceAdopted",
  "SuccessorStashed",
  "CredentialQuarantined",
  "QuarantineLifted",
  "CooldownStarted",
  "CooldownCleared",
  "RecoveryAdopted"
])

/** Takes events in order, from the beginning of a ledger or from anywhere. */
export const makeLoopDetector = (): LoopDetector => {
  const lineages = makeLineages()
  let news: ReadonlyArray<Run> = []
  const recognised = (run: Run): void => {
    news = [...news, run]
  }
  const watchers = [
    deadTokenSendings,
    deadTokenCalls,
    oldTokenPutBack,
    refreshChangesNothing,
    adoptPingPong,
    claimWithoutOutcome,
    quarantineFlapping,
    cooldownReentry,
    refreshStorm
  ].map((watch) => watch(recognised))

  return {
    take: (event) => {
      if (event.type === "Unknown" || !loopTypes.has(event.type)) return none
      news = none
      const moved = lineages.follow(event)
      for (const watcher of watchers) watcher.take(event, moved)
      if (event.type === "CredentialRemoved" || event.type === "CredentialPaused") {
        for (const { runs } of watchers) runs.forEach((some) => some.endOf(event.credential, event))
      }
      return news.length === 0 ? none : news.map((run) => loopOf(run, event.at))
    },
    found: (now) =>
      watchers
        .flatMap(({ runs }) => runs.flatMap((some) => some.recognised()))
        .map((run) => loopOf(run, now))
        .toSorted((a, b) => a.first.seq - b.first.seq || a.last.seq - b.last.seq || (a.kind < b.kind ? -1 : 1))
  }
}

const none: ReadonlyArray<never> = []

/** The loops in these events, as of an instant. */
export const loopsIn = (events: Iterable<Recorded>, now: Instant): ReadonlyArray<Loop> => {
  const detector = makeLoopDetector()
  for (const event of events) detector.take(event)
  return detector.found(now)
}

/** So many periods without another iteration, and a loop runs no more. */
const overdue = 3
/** But at least so long, in milliseconds: what goes round every few seconds pauses now and then. */
const shortestOverdue = 10 * 60_000

const loopOf = (run: Run, now: Instant): Loop => {
  const { actors, ended, first, gaps, iterations, last, stores, ...rest } = run
  const period = medianOf(gaps)
  return {
    ...rest,
    iterations,
    first: placeOf(first),
    last: placeOf(last),
    period,
    actors: [...actors],
    stores: [...stores],
    ended: ended === undefined ? undefined : placeOf(ended),
    running: ended === undefined && now - last.at <= Math.max(overdue * period, shortestOverdue)
  }
}

const placeOf = ({ at, seq }: Place): Place => ({ seq, at })

const medianOf = (gaps: ReadonlyArray<number>): number =>
  gaps.toSorted((a, b) => a - b)[Math.floor((gaps.length - 1) / 2)] ?? 0
