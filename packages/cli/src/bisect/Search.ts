/**
 * Looks for where the answer changes. A condition is halved down to a stretch that a fold goes through event by event,
 * which costs no more than one look; a command, which is dear, down to single events.
 */
import type { LedgerError } from "@daybook/ledger/LedgerError"
import { evolve } from "@daybook/pool/Evolve"
import { Seq } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import { type Answer, Bisect, type Flip } from "@daybook/pool/queries/Bisect"
import { Effect, type Scope } from "effect"
import * as History from "../History.ts"
import * as Progress from "../Progress.ts"
import type { Stop } from "../Stop.ts"
import { type ByCommand, type ByCondition, judge, type Judge, run } from "./Judge.ts"
import { Told } from "./Told.ts"
import { Witness } from "./Witness.ts"

export interface Range {
  readonly from: Seq
  readonly to: Seq
}

export interface Found extends Range {
  /** `halving` takes for granted that it changes once between two places where it was seen to be different. */
  readonly search: "halving" | "every event"
  /** Every event of the range was judged. */
  readonly isExact: boolean
  /** How many events were judged. */
  readonly judged: number
  readonly atFrom: Answer
  readonly atTo: Answer
  readonly flips: ReadonlyArray<Flip>
  readonly witness: Witness
}

type Searching = Effect.Effect<Found, LedgerError | Stop, Scope.Scope>

/** So many events, folded in one go, cost about as much as a look or two; about as many lie between two marks. */
const stretch = 600

/** Looks at places between the ends, for what comes and goes there. */
const samples = 3

export const search = (
  history: History.History,
  range: Range,
  by: Judge,
  { all }: { readonly all: boolean }
): Searching => {
  if (by._tag === "Command") return all ? everyRun(history, range, by) : halveByRuns(history, range, by)
  return all ? everyState(history, range, by) : halve(history, range, by)
}

const halve = Effect.fnUntraced(function* (history: History.History, range: Range, by: ByCondition) {
  const bisect = new Bisect(range.from, range.to, { samples, cheap: history.ledger.marks() })
  const witness = new Witness()
  let before: PoolState | undefined // where it failed last, which is mostly where the stretch begins
  const look = Effect.fnUntraced(function* (seq: Seq) {
    const state = before?.head === seq ? before : yield* history.ledger.asOf({ seq })
    const answer = judge(by, state)
    if (answer === "fails") before = state
    bisect.tell(seq, answer)
    return state
  })
  const goThrough = Effect.fnUntraced(function* ({ from, to }: Range) {
    yield* fold(history, yield* look(from), to, by, witness, (seq, answer) => bisect.tell(seq, answer))
  })
  if (range.to - range.from <= stretch) yield* goThrough(range)
  for (let next = bisect.next(); next !== undefined; next = bisect.next()) {
    const near = nearEnough(bisect)
    yield* near === undefined ? look(next) : goThrough(near)
  }
  return foundBy(bisect, witness)
})

/** The stretch in which the answer lies, once the ends and the places between them were looked at. */
const nearEnough = (bisect: Bisect): Range | undefined => {
  const first = bisect.isBegun ? bisect.first() : undefined
  return first === undefined || first.by - first.after > stretch ? undefined : { from: first.after, to: first.by }
}

/** Judges every state behind `begin`, in order. */
const fold = (
  history: History.History,
  begin: PoolState,
  to: Seq,
  by: ByCondition,
  witness: Witness,
  tell: (seq: Seq, answer: Answer) => void
) => {
  let state = begin
  witness.begin(begin, judge(by, begin))
  return History.scan(history, {
    from: Seq.make(begin.head + 1),
    to,
    take: (event) => {
      state = evolve(state, event)
      const answer = judge(by, state)
      witness.see(event, state, answer)
      tell(event.seq, answer)
    }
  })
}

const everyState = Effect.fnUntraced(function* (history: History.History, range: Range, by: ByCondition) {
  const told = new Told(range)
  const witness = new Witness()
  const say = yield* sayingHowFar(range)
  // A scan is told of its events in one go, so somebody beside it says how far it is.
  yield* Effect.forkScoped(
    Effect.forever(
      Effect.andThen(
        Effect.sleep(100),
        Effect.suspend(() => say(told.judged))
      )
    )
  )
  const begin = yield* history.ledger.asOf({ seq: range.from })
  told.tell(range.from, judge(by, begin))
  yield* fold(history, begin, range.to, by, witness, (seq, answer) => told.tell(seq, answer))
  return { ...told.found(), witness } satisfies Found
})

const halveByRuns = Effect.fnUntraced(function* (history: History.History, range: Range, by: ByCommand) {
  const bisect = new Bisect(range.from, range.to)
  for (let next = bisect.next(); next !== undefined; next = bisect.next()) {
    bisect.tell(next, yield* run(by, yield* history.ledger.asOf({ seq: next }), history.damage))
  }
  return foundBy(bisect, new Witness())
})

const everyRun = Effect.fnUntraced(function* (history: History.History, range: Range, by: ByCommand) {
  const told = new Told(range)
  const say = yield* sayingHowFar(range)
  for (let place = range.from; place <= range.to; place = Seq.make(place + 1)) {
    told.tell(place, yield* run(by, yield* history.ledger.asOf({ seq: place }), history.damage))
    yield* say(told.judged)
  }
  return { ...told.found(), witness: new Witness() } satisfies Found
})

const sayingHowFar = ({ from, to }: Range) =>
  Effect.map(
    Progress.show("bisect", process.stderr, String),
    (say) => (done: number) => say({ done, total: to - from + 1 })
  )

const foundBy = (bisect: Bisect, witness: Witness): Found => ({
  from: bisect.from,
  to: bisect.to,
  search: bisect.isExact ? "every event" : "halving",
  isExact: bisect.isExact,
  judged: bisect.asked,
  atFrom: bisect.at(bisect.from) ?? "unknown",
  atTo: bisect.at(bisect.to) ?? "unknown",
  flips: bisect.flips(),
  witness
})
