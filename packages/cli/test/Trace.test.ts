/** `daybook trace`: what led to what, as a tree and in JSON. */
import { answer } from "@daybook/cli/commands/Trace"
import * as Gap from "@daybook/cli/Gap"
import { Trace } from "@daybook/cli/json/Trace"
import { plain } from "@daybook/cli/render/Paint"
import { traceLines } from "@daybook/cli/render/TraceLines"
import { Stop } from "@daybook/cli/Stop"
import { fold } from "@daybook/pool/Evolve"
import { AttemptId, CorrelationId, EventId } from "@daybook/pool/Ids"
import { trace } from "@daybook/pool/queries/Trace"
import type { Recorded } from "@daybook/pool/Recorded"
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { assert, describe, it, vi } from "@effect/vitest"
import { Console, Effect, Option, Schema } from "effect"
import { daybook } from "./support/Cli.ts"
import {
  adopted,
  enrolled,
  failed,
  generation,
  grant,
  lost,
  observed,
  started,
  succeeded
} from "./support/Refreshes.ts"
import { firstOf } from "./support/Ledger.ts"
import { tempFolder } from "./support/TempFolder.ts"
import { begin, recordedOf, type Step, uuid, write } from "./support/Written.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

const [one, two] = [generation(1), generation(2)]
const [call, other] = [CorrelationId.make(uuid(3, 1)), CorrelationId.make(uuid(3, 2))]
const id = (n: number) => EventId.make(uuid(7, n))

const step = (
  by: string,
  event: Step["event"],
  more: Partial<Step["event"]> & { readonly after?: number } = {}
): Step => {
  const { after, ...links } = more
  return { by, event: { ...event, ...links } as Step["event"], ...(after === undefined ? {} : { after }) }
}

/** A call of `agent` sends the token and dies; `worker` comes for the same twenty minutes later, in a call of its own. */
const handedOver: ReadonlyArray<Step> = [
  step("agent", enrolled(), { after: 0 }),
  step("agent", observed(one), { after: 0 }),
  step("agent", started(one, 1, "operator"), { id: id(1), correlation: call, after: 1 }),
  step("worker", lost(one, 1, begin), { id: id(2), cause: id(1), correlation: other, after: 21 }),
  step("worker", started(one, 2, "replay"), { id: id(3), cause: id(2), correlation: other, after: 21 }),
  step("worker", succeeded(one, two, 2), { id: id(4), cause: id(3), correlation: other, after: 21 }),
  step("agent", observed(generation(9), "watch"), { after: 22 })
]

const linesOf = (events: ReadonlyArray<Recorded>, gap = 1_000, correlation: CorrelationId | undefined = call) =>
  traceLines({ correlation, events: trace(events), outside: [], gap }, fold(events), plain)

describe("what is read", () => {
  const ofStory = recordedOf(handedOver).filter(
    ({ cause, correlation }) => cause !== undefined || correlation !== undefined
  )

  it("is a tree by causes, across processes, with times after the first event and long waits between", () => {
    const lines = traceLines(
      { correlation: call, events: trace(ofStory), outside: [], gap: 60_000 },
      fold(recordedOf(handedOver)),
      plain
    )
    assert.deepStrictEqual(lines, [
      `correlation ${call}`,
      "4 events by agent[100], worker[101], from 2026-11-22T10:01:00Z on, in 20 min",
      "",
      "  +0 ms  5  agent[100] sent refresh token fp_rt1____ (an operator asked).",
      "              ... 20 min after what led to it ...",
      "+20 min  6  └ worker[101] found an attempt whose answer was lost with its",
      "              process: fp_rt1____ may be spent.",
      "+20 min  7    └ worker[101] sent refresh token fp_rt1____ (once more, since an",
      "                answer had been lost).",
      "+20 min  8      └ The provider gave worker[101] new tokens fp_rt2____; they are",
      "                  stored."
    ])
  })

  it("marks no wait that is within the gap", () => {
    assert.notInclude(linesOf(ofStory, 30 * 60_000).join("\n"), "...")
  })

  it("says so when the clock of another process is behind", () => {
    const events = recordedOf([
      step("agent", started(one, 1), { id: id(1), after: 5 }),
      step("worker", adopted(one, two), { cause: id(1), after: 2 })
    ])
    assert.deepStrictEqual(linesOf(events.slice(2)).slice(3, 6), [
      " +0 ms  3  00000001 sent refresh token fp_rt1____ (its access token had ended).",
      "             ... by its own clock 3 min before what led to it ...",
      "-3 min  4  └ 00000002 came for the same refresh; another program (seen in"
    ])
  })

  it("says what led into the story from outside of it", () => {
    const events = recordedOf([
      step("agent", started(one, 1), { id: id(1) }),
      step("worker", adopted(one, two), { cause: id(1) })
    ])
    const [sent, used] = [events[2], events[3]]
    if (sent === undefined || used === undefined) throw new Error("no such events")
    const view = { correlation: call, events: trace([used]), gap: 1_000 }
    assert.match(
      traceLines({ ...view, outside: [sent] }, fold(events), plain).join("\n"),
      /\(led to by event 3 of agent\[100\], outside of this\)/
    )
    assert.match(
      traceLines({ ...view, outside: [] }, fold(events), plain).join("\n"),
      /an event that is not in the ledger any more/
    )
  })

  it("fits into 80 columns however deep it goes", () => {
    const deep = recordedOf(
      Array.from({ length: 40 }, (_, n) =>
        step("a-program-with-a-long-name", failed(one, 1, { status: 400, message: "x y ".repeat(40) }), {
          id: id(n + 1),
          ...(n === 0 ? {} : { cause: id(n) })
        })
      )
    )
    for (const line of linesOf(deep)) assert.isAtMost(line.length, 80, line)
  })
})

/** What the command prints, in this process. */
const printed = Effect.fnUntraced(function* (
  home: string,
  asked: { readonly id: string; readonly gap?: string; readonly at?: string; readonly json?: boolean }
) {
  const lines: Array<string> = []
  const console: Console.Console = { ...globalThis.console, log: (text: string) => void lines.push(text) }
  const { at, gap = "1s", id: named, json = false } = asked
  yield* answer(
    { home, json, paint: plain },
    { id: named, gap, at: Option.fromUndefinedOr(at), ledger: Option.none() }
  ).pipe(Effect.provideService(Console.Console, console))
  return lines.join("\n")
})

/** The events of the story that is found, without times. */
const typesOf = (home: string, asked: { readonly id: string; readonly at?: string }) =>
  Effect.map(printed(home, { ...asked, json: true }), (text) =>
    Schema.decodeUnknownSync(Trace)(JSON.parse(text)).events.map(({ event }) => event.type)
  )

const stopped = (home: string, named: string, gap?: string) =>
  Effect.map(Effect.flip(printed(home, { id: named, ...(gap === undefined ? {} : { gap }) })), (error) => {
    if (!(error instanceof Stop)) throw error
    return error
  })

const inPool = Effect.fnUntraced(function* (steps: ReadonlyArray<Step>) {
  const user = yield* tempFolder
  yield* write(`${user}/pool`, steps)
  return { user, home: `${user}/pool` }
})

const whole = ["RefreshStarted", "OutcomeLost", "RefreshStarted", "RefreshSucceeded"]

describe("the story of an id", () => {
  it.effect("is what has the correlation, and all that it led to in other processes", () =>
    Effect.gen(function* () {
      const { home } = yield* inPool(handedOver)
      assert.deepStrictEqual(yield* typesOf(home, { id: call }), whole)
      assert.deepStrictEqual(yield* typesOf(home, { id: other }), whole.slice(1))
      assert.match(yield* printed(home, { id: other }), /\(led to by event 5 of agent\[\d+\], outside of this\)/)
    }).pipe(Effect.provide(nodeServices))
  )

  it.effect("has what was written between its events, and all that came of that, however ids were made", () =>
    Effect.gen(function* () {
      const far = [EventId.make(uuid(8, 1)), EventId.make(uuid(9, 1)), EventId.make(uuid(10, 1))] as const
      const { home } = yield* inPool([
        step("agent", started(one, 1), { id: id(1), correlation: call }),
        step("worker", adopted(one, two), { id: far[0], cause: id(1) }),
        step("agent", succeeded(one, two, 1), { correlation: call }),
        step("worker", started(two, 2), { id: far[1], cause: far[0] }),
        step("worker", failed(two, 2, {}), { id: far[2], cause: far[1] }),
        step("worker", adopted(two, generation(3)), { cause: far[2] })
      ])
      assert.deepStrictEqual(yield* typesOf(home, { id: call }), [
        "RefreshStarted",
        "RaceAdopted",
        "RefreshStarted",
        "RefreshFailed",
        "RaceAdopted",
        "RefreshSucceeded"
      ])
    }).pipe(Effect.provide(nodeServices))
  )

  it.effect("is the same for each of its events, by id and by number, and for its attempt", () =>
    Effect.gen(function* () {
      const { home } = yield* inPool(handedOver)
      for (const named of [id(1), "5", AttemptId.make(uuid(6, 1))])
        assert.deepStrictEqual(yield* typesOf(home, { id: named }), whole)
      assert.deepStrictEqual(yield* typesOf(home, { id: id(4) }), whole.slice(1))
    }).pipe(Effect.provide(nodeServices))
  )

  it.effect("is what an event without a correlation came from and led to", () =>
    Effect.gen(function* () {
      const steps = handedOver.map((one) => ({ ...one, event: { ...one.event, correlation: undefined } }))
      const { home } = yield* inPool(steps)
      for (const named of [id(1), id(3), id(4)]) assert.deepStrictEqual(yield* typesOf(home, { id: named }), whole)
      assert.match(yield* printed(home, { id: id(3) }), /^what led to this event, and what it led to\n/)
      assert.deepStrictEqual(yield* typesOf(home, { id: "3" }), ["CredentialEnrolled"])
    }).pipe(Effect.provide(nodeServices))
  )

  it.effect("goes as far as the moment that is looked at", () =>
    Effect.gen(function* () {
      const { home } = yield* inPool(handedOver)
      assert.deepStrictEqual(yield* typesOf(home, { id: call, at: id(2) }), whole.slice(0, 2))
    }).pipe(Effect.provide(nodeServices))
  )

  it.effect("that nobody has is an error with what to do instead", () =>
    Effect.gen(function* () {
      const { home } = yield* inPool(handedOver)
      assert.match(
        (yield* stopped(home, uuid(9, 9))).message,
        /^No event and no correlation has the id .*`daybook log --json` shows/
      )
      assert.match((yield* stopped(home, "999")).message, /^No event and no correlation has the id 999\./)
      assert.match((yield* stopped(home, "main")).message, /^No event and no correlation has the id main\./)
      const { actor } = yield* firstOf(home, "ActorJoined")
      assert.match((yield* stopped(home, actor)).message, /It is a process: `daybook log --actor /)
      assert.match((yield* stopped(home, grant)).message, /It is the grant of main: `daybook story main`/)
      assert.match(
        (yield* stopped(home, call, "soon")).message,
        /^--gap soon: that is no length of time\. Give 500ms, 2s, 5m or 1h\.$/
      )
    }).pipe(Effect.provide(nodeServices))
  )
})

it("a gap is a number with a unit", () => {
  const lengths = ["500ms", "2s", "1.5m", "1h", "0s"].map((text) => Effect.runSync(Gap.read(text, "--gap")))
  assert.deepStrictEqual(lengths, [500, 2_000, 90_000, 3_600_000, 0])
  for (const text of ["", "2", "s", "-2s", "2 s", "2d"]) {
    assert.strictEqual(Effect.runSync(Effect.flip(Gap.read(text, "--gap"))).exitCode, 2)
  }
})

it.effect("the command answers a program in a document of its schema", () =>
  Effect.gen(function* () {
    const { home, user } = yield* inPool(handedOver)
    const { code, stderr, stdout } = yield* daybook(["trace", call, "--gap", "5m", "--ledger", home, "--json"], {
      user
    })
    assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
    const document = Schema.decodeUnknownSync(Trace)(JSON.parse(stdout))
    assert.deepStrictEqual(
      document.events.map(({ depth, isGap, waitMillis }) => [depth, isGap, waitMillis]),
      [
        [0, false, 0],
        [1, true, 20 * 60_000],
        [2, false, 0],
        [3, false, 0]
      ]
    )
  }).pipe(Effect.provide(nodeServices))
)

it.effect("the command says plainly that there is no such story", () =>
  Effect.gen(function* () {
    const { home, user } = yield* inPool(handedOver)
    const { code, stderr, stdout } = yield* daybook(["trace", "nothing", "--home", home], { user })
    assert.deepStrictEqual({ code, stdout }, { code: 1, stdout: "" })
    assert.strictEqual(stderr.trim().split("\n").length, 1)
  }).pipe(Effect.provide(nodeServices))
)
