/**
 * Four writers, one of which is killed every tenth of a second. Prints what it measured; `DAYBOOK_KILLS=500` is the
 * long form, which also judges that.
 */
import { assert, describe, it } from "@effect/vitest"
import type { Ledger } from "@daybook/ledger/Ledger"
import { verify } from "@daybook/ledger/Verify"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, Fiber, Stream } from "effect"
import { type Crowd, gather } from "./support/Crowd.ts"
import { relabelled, seq } from "./support/Drafts.ts"
import { open } from "./support/Open.ts"
import { tempFolder } from "./support/TempFolder.ts"

const kills = Number(process.env["DAYBOOK_KILLS"] ?? 60)
const timeout = 60_000 + kills * 2_000

/** Milliseconds from one kill to the next, on average. */
const meanPause = 100

/** So many are loaded at a time before the next kill: loading a process takes longer than the pause between two kills. */
const wave = 16

describe("writers that are killed all the time", () => {
  it.live(
    "lose nothing that was acknowledged, break no chain, and hold up nobody for long",
    () =>
      Effect.gen(function* () {
        const folder = yield* tempFolder
        const steady = yield* open(folder)
        const followed = yield* Effect.forkChild(follow(yield* open(folder, { readOnly: true })))
        const crowd = yield* gather(folder, 4)
        const measured: Measured = { killed: [], spans: [] }
        while (measured.killed.length < kills) {
          yield* crowd.reinforce(Math.min(wave, kills - measured.killed.length))
          yield* Effect.all([killAll(crowd, steady, measured), audit(folder, steady, crowd)], { concurrency: 2 })
          yield* audit(folder, steady, crowd)
        }
        const [last] = yield* steady.append([relabelled(lastLabel)])
        yield* audit(folder, steady, crowd)
        const ids = yield* Fiber.join(followed)
        assert.deepStrictEqual(ids, yield* idsIn(steady))
        assert.strictEqual(last?.seq, seq(ids.length))
        assert.isAbove(crowd.acknowledged().length, kills)
        judge(measured)
      }),
    timeout
  )
})

const lastLabel = "the last"

const isLast = (event: Recorded): boolean => event.type === "CredentialRelabelled" && event.data.label === lastLabel

/** The ids of all events in their order, as a follower is told of them. One told twice, or not, ends it. */
const follow = (ledger: Ledger["Service"]) => {
  const ids: Array<string> = []
  return ledger.tail().pipe(
    Stream.takeUntil(isLast),
    Stream.runForEach((event) =>
      Effect.sync(() => assert.strictEqual(event.seq, seq(ids.push(event.id)), "the event a follower was told next"))
    ),
    Effect.map((): ReadonlyArray<string> => ids)
  )
}

const idsIn = (ledger: Ledger["Service"]) => Stream.runCollect(Stream.map(ledger.read(), (event) => event.id as string))

/** What was acknowledged until now is there, once, and the chain holds. */
const audit = Effect.fnUntraced(function* (folder: string, ledger: Ledger["Service"], crowd: Crowd) {
  const acknowledged = crowd.acknowledged()
  const { firstBad } = yield* verify(folder)
  assert.isUndefined(firstBad)
  const counts = Map.groupBy(yield* idsIn(ledger), (id) => id)
  assert.deepStrictEqual(
    acknowledged.filter((id) => counts.get(id)?.length !== 1),
    []
  )
})

/** What a process sees that stays alive and appends all the time. In milliseconds. */
interface Measured {
  readonly killed: Array<number>
  readonly spans: Array<Span>
}

/** From the call of an append to its answer. */
interface Span {
  readonly began: number
  readonly ended: number
}

const killAll = Effect.fnUntraced(function* (crowd: Crowd, steady: Ledger["Service"], { killed, spans }: Measured) {
  const append = appendOne(steady, spans)
  const appending = yield* Effect.forkChild(Effect.forever(append))
  while (crowd.isAtWork()) {
    yield* Effect.sleep(-Math.log(1 - Math.random()) * meanPause)
    killed.push(yield* crowd.killOne)
  }
  yield* Fiber.interrupt(appending)
  yield* Effect.andThen(append, append)
})

const appendOne = Effect.fnUntraced(function* (ledger: Ledger["Service"], spans: Array<Span>) {
  const began = performance.now()
  yield* ledger.append([relabelled("steady")])
  spans.push({ began, ended: performance.now() })
})

const lengthOf = ({ began, ended }: Span): number => ended - began

/** What an instant can have held up: the append under way, from that instant on, or the next one. The longer counts. */
const delayAfter = (instant: number, spans: ReadonlyArray<Span>): number => {
  const at = spans.findIndex(({ ended }) => ended > instant)
  const [underWay, next] = spans.slice(at, at + 2)
  return Math.max((underWay?.ended ?? Infinity) - instant, next === undefined ? 0 : lengthOf(next))
}

/** Instants at which nobody was killed, for comparison: in the middle of the longer pauses. */
const quietInstants = (killed: ReadonlyArray<number>): ReadonlyArray<number> =>
  killed.flatMap((kill, index) => {
    const pause = (killed[index + 1] ?? 0) - kill
    return pause > meanPause && pause < 10 * meanPause ? [kill + pause / 2] : []
  })

const median = (lengths: ReadonlyArray<number>): number =>
  lengths.toSorted((a, b) => a - b)[lengths.length >> 1] ?? Infinity

/**
 * Only of the long form: beside other tests an append waits longer for a processor than for the dead. The median counts,
 * since a busy machine lets single appends wait, but not half of them; and where it does, appends wait as long when
 * nobody was killed.
 */
const judge = ({ killed, spans }: Measured): void => {
  const delays = killed.map((at) => delayAfter(at, spans))
  const usual = median(quietInstants(killed).map((at) => delayAfter(at, spans)))
  const [middle, longest, otherwise] = [median(delays), Math.max(...delays), usual].map(format)
  process.stdout.write(`append after ${kills} kills: median ${middle}, longest ${longest}; otherwise ${otherwise}\n`)
  if (kills >= 500) assert.isBelow(median(delays), Math.max(50, 1.5 * usual))
}

const format = (milliseconds: number): string => `${milliseconds.toFixed(1)} ms`
