/**
 * Iterations that belong together, counted until they are a loop, and on from there. A run ends when something breaks it,
 * or when its next iteration comes too late; what was no loop by then is forgotten.
 */
import type { CredentialId, GrantId } from "../../Ids.ts"
import type { Instant } from "../../Instant.ts"
import type { ActorId } from "../../Ids.ts"
import type { LoopKind, Place, StopAct } from "../../queries/Loops.ts"
import type { StoreKind } from "../../StoreRef.ts"

export interface Iteration {
  readonly event: Place & { readonly actor: ActorId }
  readonly credential?: CredentialId | undefined
  readonly grant?: GrantId | undefined
  readonly model?: string | undefined
  readonly store?: StoreKind | undefined
  /** Requests that could tell nothing new. */
  readonly wasted: number
  readonly rule?: string | undefined
  readonly policy?: string | undefined
  readonly stop: StopAct
}

export interface Run {
  readonly kind: LoopKind
  credential: CredentialId | undefined
  grant: GrantId | undefined
  model: string | undefined
  readonly first: Place
  last: Place
  iterations: number
  /** Between iterations, the newest few. */
  gaps: Array<number>
  readonly actors: Set<ActorId>
  readonly stores: Set<StoreKind>
  wasted: number
  rule: string | undefined
  policy: string | undefined
  stop: StopAct
  ended: Place | undefined
}

export interface Terms {
  readonly kind: LoopKind
  /** So many iterations are a loop. */
  readonly least: number
  /** An iteration that comes later than so many milliseconds begins another run. */
  readonly longestGap: number
}

export interface Runs {
  readonly again: (key: string, iteration: Iteration) => void
  /** Something broke the run, if there is one. */
  readonly end: (key: string, place: Place) => void
  readonly endOf: (credential: CredentialId, place: Place) => void
  /** Those that are loops, over or not. */
  readonly recognised: () => ReadonlyArray<Run>
}

/** So many subjects are watched at once; the one that was quiet for longest is forgotten first. */
const openMost = 1_024
/** So many loops that are over are remembered. */
const overMost = 256
const gapsMost = 64
const actorsMost = 16

export const makeRuns = ({ kind, least, longestGap }: Terms, onRecognised: (run: Run) => void): Runs => {
  const open = new Map<string, Run>()
  const over: Array<Run> = []

  const close = (key: string, run: Run, ended: Place | undefined): void => {
    open.delete(key)
    if (run.iterations < least) return
    run.ended = ended
    over.push(run)
    if (over.length > overMost) over.shift()
  }

  const closeFirst = (): void => {
    for (const [key, run] of open) return close(key, run, undefined)
  }

  const continued = (key: string, { event }: Iteration): Run | undefined => {
    const run = open.get(key)
    if (run === undefined || event.at - run.last.at <= longestGap) return run
    close(key, run, undefined)
    return undefined
  }

  return {
    again: (key, iteration) => {
      const before = continued(key, iteration)
      const run = before === undefined ? begin(kind, iteration) : before
      if (before !== undefined) goOn(before, iteration)
      open.delete(key)
      open.set(key, run) // so that the first is the one that was quiet for longest
      if (open.size > openMost) closeFirst()
      if (run.iterations === least) onRecognised(run)
    },
    end: (key, place) => {
      const run = open.get(key)
      if (run !== undefined) close(key, run, place)
    },
    endOf: (credential, place) => {
      for (const [key, run] of open) if (run.credential === credential) close(key, run, place)
    },
    recognised: () => [...over, ...Array.from(open.values()).filter(({ iterations }) => iterations >= least)]
  }
}

const begin = (kind: LoopKind, iteration: Iteration): Run => ({
  kind,
  credential: iteration.credential,
  grant: iteration.grant,
  model: iteration.model,
  first: placeOf(iteration.event),
  last: placeOf(iteration.event),
  iterations: 1,
  gaps: [],
  actors: new Set([iteration.event.actor]),
  stores: new Set(iteration.store === undefined ? [] : [iteration.store]),
  wasted: iteration.wasted,
  rule: iteration.rule,
  policy: iteration.policy,
  stop: iteration.stop,
  ended: undefined
})

const goOn = (run: Run, iteration: Iteration): void => {
  const { event, store } = iteration
  run.gaps.push(between(run.last.at, event.at))
  if (run.gaps.length > gapsMost) run.gaps.shift()
  run.iterations += 1
  run.wasted += iteration.wasted
  run.last = placeOf(event)
  run.credential = iteration.credential ?? run.credential
  run.grant = iteration.grant ?? run.grant
  run.rule = iteration.rule ?? run.rule
  run.policy = iteration.policy ?? run.policy
  run.stop = iteration.stop
  if (run.actors.size < actorsMost) run.actors.add(event.actor)
  if (store !== undefined) run.stores.add(store)
}

const placeOf = ({ at, seq }: Place): Place => ({ seq, at })

/** Clocks of several processes may disagree. */
const between = (from: Instant, to: Instant): number => Math.max(0, to - from)
