/**
 * The ledger in memory: the same events, versions and chain as in a file, gone with the process.
 */
import { Fingerprints } from "@daybook/pool/Fingerprint"
import { fold } from "@daybook/pool/Evolve"
import type { Seq } from "@daybook/pool/Ids"
import type { Draft, Recorded } from "@daybook/pool/Recorded"
import { Context, Effect, HashMap, Layer, PubSub, Stream } from "effect"
import * as FingerprintKey from "./FingerprintKey.ts"
import { compose, type Outcome } from "./internal/Group.ts"
import * as Self from "./internal/Self.ts"
import { isWanted } from "./internal/Wanted.ts"
import { type AppendOptions, type Head, Ledger } from "./Ledger.ts"
import { AppendError, LedgerError, NoSuchEvent } from "./LedgerError.ts"
import { describe, type Moment } from "./Moment.ts"
import * as LineFormat from "./LineFormat.ts"

export interface Options {
  readonly program?: string | undefined
  readonly version?: string | undefined
  /** Random, unless given. */
  readonly key?: FingerprintKey.FingerprintKey | undefined
}

export const layer = (options: Options = {}): Layer.Layer<Ledger | Fingerprints> =>
  Layer.effectContext(Effect.suspend(() => make(options)))

const make = Effect.fnUntraced(function* ({
  key = FingerprintKey.make(FingerprintKey.randomBytes()),
  program = "daybook",
  version = "0"
}: Options) {
  const self = yield* Self.make({ program, version })
  const moved = yield* PubSub.sliding<void>(1)
  const ledger = Self.newLedgerId()
  const opened = Self.beginLedger(self, ledger, "memory", FingerprintKey.check(key))
  const events = opened.lines.map((line) => line.event)
  const texts = opened.lines.map((line) => line.text)
  let { end } = opened

  const append = (drafts: ReadonlyArray<Draft>, options: AppendOptions = {}) =>
    Effect.suspend(() => {
      const preamble = HashMap.has(end.state.actors, self.actor) ? [] : [self.joined()]
      const request = { ...options, events: drafts.map(LineFormat.prepare) }
      const group = compose(end, self.hand(), preamble, [request])
      events.push(...group.lines.map((line) => line.event))
      texts.push(...group.lines.map((line) => line.text))
      end = group.end
      PubSub.publishUnsafe(moved, undefined)
      const [outcome] = group.outcomes as readonly [Outcome]
      return Effect.mapError(Effect.fromResult(outcome), (reason) => new AppendError({ reason }))
    })

  const eventsFrom = (next: Seq): ReadonlyArray<Recorded> => events.slice(Math.max(0, next - 1))

  return Context.make(Ledger, {
    actor: self.actor,
    append,
    sync: Effect.void,
    state: Effect.sync(() => end.state),
    known: () => end.state,
    marks: () => [],
    asOf: (moment) =>
      Effect.suspend(() => {
        const count = countUpTo(events, moment)
        return count === undefined
          ? Effect.fail(noSuchEvent(moment, end.seq))
          : Effect.succeed(fold(events.slice(0, count)))
      }),
    read: (from = first) => Stream.suspend(() => Stream.fromArray(eventsFrom(from))),
    scan: ({ from = first, take, to = end.seq, ...wanted }) =>
      Effect.sync(() => {
        for (const event of eventsFrom(from)) if (event.seq <= to && isWanted(event, wanted)) take(event)
        return { seq: Math.min(to, end.seq) as Seq }
      }),
    lines: ({ from = first, take, to = end.seq, ...wanted }) =>
      Effect.suspend(() => {
        const found = eventsFrom(from).filter((event) => event.seq <= to && isWanted(event, wanted))
        const last = Math.min(to, end.seq) as Seq
        return Effect.as(take(found.map(({ seq }) => texts[seq - 1] as string)), { seq: last })
      }),
    tail: (from = first) => follow(moved, eventsFrom, from),
    head: Effect.sync((): Head => ({ seq: end.seq, h: end.h, ledger }))
  }).pipe(Context.add(Fingerprints, FingerprintKey.fingerprints(key)))
})

const first = 1 as Seq

/** How many events there are up to a moment; `undefined` if it is none of this ledger's. */
const countUpTo = (events: ReadonlyArray<Recorded>, moment: Moment): number | undefined => {
  if ("seq" in moment) return moment.seq <= events.length ? moment.seq : undefined
  const index = events.findIndex((event) => ("at" in moment ? event.at > moment.at : event.id === moment.id))
  if ("at" in moment) return index < 0 ? events.length : index
  return index < 0 ? undefined : index + 1
}

const noSuchEvent = (moment: Moment, head: Seq): LedgerError =>
  new LedgerError({ reason: new NoSuchEvent({ path: "the ledger in memory", wanted: describe(moment), first, head }) })

const follow = (
  moved: PubSub.PubSub<void>,
  eventsFrom: (next: Seq) => ReadonlyArray<Recorded>,
  from: Seq
): Stream.Stream<Recorded> =>
  Stream.unwrap(
    Effect.map(PubSub.subscribe(moved), (calls) => {
      let next = Math.max(from, first) as Seq
      const fresh = Stream.suspend(() => {
        const found = eventsFrom(next)
        next = (next + found.length) as Seq
        return Stream.fromArray(found)
      })
      return Stream.concat(
        fresh,
        Stream.flatMap(Stream.fromSubscription(calls), () => fresh)
      )
    })
  )
