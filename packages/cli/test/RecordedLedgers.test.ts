/**
 * What people are told of the ledgers in examples/ledgers. What they must be told stands beside each: it was written from a
 * fault before the fault was injected.
 */
import type { Ledger } from "@daybook/ledger/Ledger"
import { replayRules } from "@daybook/oauth/ReplayRules"
import { defaults, Policy } from "@daybook/pool/Policy"
import { loopsIn } from "@daybook/pool/queries/Loops"
import type { Recorded } from "@daybook/pool/Recorded"
import { Replay } from "@daybook/pool/replay/Replay"
import { WhatIf } from "@daybook/pool/replay/WhatIf"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Schema, Stream } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as History from "@daybook/cli/History"
import { nextStep } from "@daybook/words/NextStep"
import { recall } from "@daybook/cli/Recall"

const recordings = fileURLToPath(new URL("../../../examples/ledgers", import.meta.url))

interface Expected {
  readonly asked: ReadonlyArray<{
    readonly credential: string
    readonly at?: string
    readonly cause: string
    readonly next?: string
  }>
  readonly loops: ReadonlyArray<string>
  readonly deadTokenRequests?: Readonly<Record<string, number>>
}

const names = readdirSync(recordings, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : []
)

const readExpected = (name: string): Expected =>
  JSON.parse(readFileSync(join(recordings, name, "expected.json"), "utf8")) as Expected

const readPolicy = (name: string, policy: string): Policy =>
  Schema.decodeUnknownSync(Schema.fromJsonString(Policy))(
    readFileSync(join(recordings, name, `${policy}.json`), "utf8")
  )

/** As a command opens a ledger that was copied from elsewhere. */
const open = (name: string, at?: string) =>
  History.open({ home: "/nowhere" }, { ledger: Option.some(join(recordings, name)), at: Option.fromUndefinedOr(at) })

const eventsOf = ({ ledger }: { readonly ledger: Ledger["Service"] }) => Stream.runCollect(ledger.read())

describe.each(names)("the recorded ledger %s", (name) => {
  const { asked, deadTokenRequests = {}, loops } = readExpected(name)

  for (const { at, cause, credential, next } of asked) {
    it.effect(`says of ${credential} ${at === undefined ? "in the end" : `at ${at}`}: ${cause}`, () =>
      Effect.gen(function* () {
        const history = yield* open(name, at)
        const answer = yield* recall(history, yield* History.credential(history, credential), "status")
        assert.strictEqual(answer.finding.cause, cause, answer.finding.says)
        if (next !== undefined) assert.strictEqual(nextStep(answer, history.state, history.at).command, next)
      }).pipe(Effect.scoped)
    )
  }

  it.effect(`shows ${loops.length === 0 ? "no loop" : `the loop ${loops.join(", ")}`}`, () =>
    Effect.gen(function* () {
      const history = yield* open(name)
      const found = loopsIn(yield* eventsOf(history), history.at)
      assert.deepStrictEqual(
        found.map(({ kind }) => kind),
        loops
      )
    }).pipe(Effect.scoped)
  )

  it.effect("holds what is decided today from what was observed then", () =>
    Effect.gen(function* () {
      const diverged: Array<unknown> = []
      const replay = new Replay({ rules: replayRules(), onDivergence: (divergence) => diverged.push(divergence) })
      ;(yield* eventsOf(yield* open(name))).forEach(replay.add)
      replay.end()
      assert.deepStrictEqual(diverged, [])
    }).pipe(Effect.scoped)
  )

  for (const [policy, requests] of Object.entries(deadTokenRequests)) {
    it.effect(`has ${requests} requests with a dead token under ${policy}`, () =>
      Effect.gen(function* () {
        const events = yield* eventsOf(yield* open(name))
        assert.strictEqual(deadRequestsUnder(events, readPolicy(name, policy)), requests)
      }).pipe(Effect.scoped)
    )
  }
})

const deadRequestsUnder = (events: ReadonlyArray<Recorded>, policy: Policy): number => {
  const course = new WhatIf({ rules: replayRules(), policy })
  events.forEach(course.add)
  const { deadRequests } = course.end()
  return deadRequests.recorded - deadRequests.saved
}

describe("a policy beside a recorded ledger", () => {
  it("that is called the default is", () => {
    assert.deepStrictEqual(readPolicy("token-invalidated-hourly", "policy.default"), defaults)
  })
})
