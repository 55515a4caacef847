/** What the page answers is what the commands answer: of each recorded ledger, at moments all along it. */
import * as Diff from "@daybook/cli/commands/Diff"
import * as Lineage from "@daybook/cli/commands/Lineage"
import * as Loops from "@daybook/cli/commands/Loops"
import * as WhatIf from "@daybook/cli/commands/WhatIf"
import * as Why from "@daybook/cli/commands/Why"
import * as History from "@daybook/cli/History"
import { Diff as DiffDocument } from "@daybook/cli/json/Diff"
import { Lineage as LineageDocument } from "@daybook/cli/json/Lineage"
import { Loops as LoopsDocument } from "@daybook/cli/json/Loops"
import { WhatIf as WhatIfDocument } from "@daybook/cli/json/WhatIf"
import { Why as WhyDocument } from "@daybook/cli/json/Why"
import { Seq } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import { answers } from "@daybook/viewer/answers/Answers"
import type { Context } from "@daybook/viewer/model/Context"
import { axisTitles } from "@daybook/words/AxisWords"
import type { AxisName } from "@daybook/pool/queries/Axes"
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, HashMap, Option, Schema } from "effect"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { jsonOf, told } from "./support/Answers.ts"
import { contextOf } from "./support/LedgerSource.ts"

vi.setConfig({ testTimeout: 60_000 })

const recordings = fileURLToPath(new URL("../../../examples/ledgers", import.meta.url))
const names = readdirSync(recordings, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : []
)

interface Moment {
  readonly context: Context
  readonly state: PoolState
  readonly ledger: Option.Option<string>
  readonly at: Option.Option<string>
  readonly cursor: { readonly seq: number; readonly now: number }
}

/** So many along a ledger, its end included. */
const moments = 5

const eachMoment = <E>(name: string, compare: (moment: Moment) => Effect.Effect<void, E>) =>
  Effect.gen(function* () {
    const ledger = Option.some(join(recordings, name))
    const history = yield* History.open({ home: "/nowhere" }, { ledger })
    const context = yield* contextOf(history)
    for (let place = 1; place <= moments; place++) {
      const seq = Seq.make(Math.max(1, Math.floor((history.state.head * place) / moments)))
      const state = yield* history.ledger.asOf({ seq })
      const cursor = { seq, now: state.latest }
      yield* compare({ context, state, ledger, at: Option.some(String(seq)), cursor })
    }
  }).pipe(Effect.scoped)

const credentialsIn = ({ credentials }: PoolState) => Array.from(HashMap.keys(credentials))

const seqsOf = (steps: ReadonlyArray<{ readonly seq: number }>) => steps.map(({ seq }) => seq)

type Figures = Pick<(typeof LoopsDocument.Type)["loops"][number], "iterations" | "period" | "running" | "wasted"> & {
  readonly kind: string
  readonly first: { readonly seq: number }
  readonly last: { readonly seq: number }
}

const figuresOf = ({ first, iterations, kind, last, period, running, wasted }: Figures): Figures => ({
  first,
  iterations,
  kind,
  last,
  period,
  running,
  wasted
})

const document = <S extends Schema.Top & { readonly DecodingServices: never }, E, R>(
  schema: S,
  answer: Effect.Effect<unknown, E, R>
) => Effect.map(jsonOf(answer), Schema.decodeUnknownSync(schema))

const machine = told("/nowhere", true)

describe.each(names)("of the ledger %s the page answers as the command does", (name) => {
  it.effect("why each credential is as it is, and what to do", () =>
    eachMoment(name, ({ at, context, cursor, ledger, state }) =>
      Effect.forEach(
        credentialsIn(state),
        Effect.fnUntraced(function* (credential) {
          const asked = { what: credential, at, ledger }
          const said = yield* document(WhyDocument, Why.tell(machine, asked))
          const shown = yield* Effect.promise(() => answers.why(context, { credential, at: cursor }))
          const { before, besides, cause, chain, isCutOff, next, says, value } = shown
          assert.deepStrictEqual(
            { cause, says, value, isCutOff, next: next.says, command: next.command },
            {
              cause: said.cause,
              says: said.says,
              value: said.value,
              isCutOff: said.outside !== undefined,
              next: said.next.says,
              command: said.next.command
            }
          )
          assert.deepStrictEqual(seqsOf(chain), seqsOf(said.chain.map(({ event }) => event)))
          assert.deepStrictEqual(seqsOf(besides), seqsOf(said.evidence))
          assert.deepStrictEqual([before?.seq, before?.cause], [said.before?.seq, said.before?.cause])
        }),
        { discard: true }
      )
    )
  )

  it.effect("which loops there are, and whether one runs on", () =>
    eachMoment(
      name,
      Effect.fnUntraced(function* ({ at, context, cursor, ledger, state }) {
        const all = { at, ledger, credential: Option.none(), since: Option.none() }
        const { loops } = yield* document(LoopsDocument, Loops.answer(machine, all))
        const shown = yield* Effect.promise(() => answers.loops(context, { at: cursor }))
        assert.deepStrictEqual(
          shown.map(({ isRunning, ...loop }) => figuresOf({ ...loop, running: isRunning })),
          loops.map(figuresOf)
        )
        for (const credential of credentialsIn(state)) {
          const { loop } = yield* Effect.promise(() => answers.why(context, { credential, at: cursor }))
          const ofIt = loops.filter((one) => one.credential === credential && one.ended === undefined)
          assert.deepStrictEqual([loop?.kind, loop?.last], [ofIt.at(-1)?.kind, ofIt.at(-1)?.last])
        }
      })
    )
  )

  it.effect("the family of tokens behind each credential", () =>
    eachMoment(name, ({ at, context, cursor, ledger, state }) =>
      Effect.forEach(
        credentialsIn(state),
        Effect.fnUntraced(function* (credential) {
          const asked = { credential, at, ledger, all: false }
          const { current, forks, generations } = yield* document(LineageDocument, Lineage.answer(machine, asked))
          const { members } = yield* Effect.promise(() => answers.lineage(context, { credential, at: cursor }))
          const named = new Map(members.map((member) => [Number.parseInt(member.name), member]))
          const counted = members.map(({ name }) => / to (\d+)$/.exec(name)?.[1] ?? name)
          assert.strictEqual(Math.max(0, ...counted.map((one) => Number.parseInt(one))), generations.length)
          assert.deepStrictEqual(
            members.filter(({ isCurrent }) => isCurrent).map(({ name }) => Number.parseInt(name)),
            current === undefined ? [] : [current]
          )
          assert.deepStrictEqual(
            members.filter(({ isFork }) => isFork).map(({ name }) => Number.parseInt(name)),
            forks.map((fork) => fork.of)
          )
          for (const { brought, number, parent } of generations) {
            const member = named.get(number)
            if (member === undefined) continue
            if (brought !== undefined && !member.name.includes(" to ")) assert.strictEqual(member.seq, brought.seq)
            assert.strictEqual(member.parent === undefined, parent === undefined)
          }
        }),
        { discard: true }
      )
    )
  )

  it.effect("what changed between a moment and the next", () => {
    let from: Moment | undefined
    return eachMoment(
      name,
      Effect.fnUntraced(function* (to) {
        const [before, { at, context, cursor, ledger }] = [from, to]
        from = to
        if (before === undefined) return
        const asked = { ledger, one: Option.getOrThrow(before.at), other: at }
        const { differences } = yield* document(DiffDocument, Diff.answer(machine, asked))
        const shown = yield* Effect.promise(() => answers.diff(context, { from: before.cursor, to: cursor }))
        assert.deepStrictEqual(
          shown.credentials.map(({ changes, id }) => ({
            id,
            changes: Object.fromEntries(
              changes.filter(({ title }) => title !== "status").map(({ by, title }) => [title, by])
            ),
            words: changes.filter(({ title }) => title === "status").map((word) => [word.before, word.after])
          })),
          differences.map(({ after, before: former, by, credential }) => ({
            id: credential,
            changes: Object.fromEntries(
              Object.entries(by).map(([axis, { newest }]) => [axisTitles[axis as AxisName], seqsOf(newest)])
            ),
            words: former?.word === after.word ? [] : [[former?.word, after.word]]
          }))
        )
      })
    )
  })

  it.effect.each(["default", "hermes", "olderHermes"] as const)("what would have been otherwise under %s", (policy) =>
    eachMoment(
      name,
      Effect.fnUntraced(function* ({ at, context, cursor, ledger }) {
        const asked = { at, ledger, policy: Option.some(policy), from: Option.none(), all: false }
        const command = Effect.provide(WhatIf.answer(machine, asked), nodeServices)
        const { acceptedCalls, changes, deadRequests, decisions, refreshes, refusedCalls } = yield* document(
          WhatIfDocument,
          command
        )
        const shown = yield* Effect.promise(() => answers.whatIf(context, { policy: { name: policy }, at: cursor }))
        assert.deepStrictEqual(
          [shown.dead, shown.refreshes, shown.refusedCalls, shown.acceptedCalls],
          [deadRequests, refreshes, refusedCalls, acceptedCalls].map(({ beyond, recorded, saved }) => ({
            recorded,
            stillMade: recorded - saved - beyond,
            saved,
            unknown: beyond
          }))
        )
        assert.strictEqual(shown.changed, decisions.changed)
        assert.strictEqual(shown.unmade, decisions.unmade)
        assert.deepStrictEqual(seqsOf(shown.changes), seqsOf(changes))
      })
    )
  )
})
