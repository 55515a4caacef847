/**
 * The tour: a sandbox as the provider, four processes on one pool in a temporary folder, four troubles on purpose, and
 * then what the ledger says about it all.
 */
import * as Journal from "@daybook/sandbox/Journal"
import type { Controls } from "@daybook/sandbox/Controls"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import { Clock, Console, Effect } from "effect"
import { answer as tellStory } from "../commands/Story.ts"
import * as Output from "../Output.ts"
import * as ReadPool from "../ReadPool.ts"
import type { Paint } from "../render/Paint.ts"
import { statusLines } from "../render/StatusLines.ts"
import { nextLines, openingLines, serverLines } from "../render/TourLines.ts"
import { acts } from "./Acts.ts"
import * as Onlooker from "./Onlooker.ts"
import { setStage, type Stage } from "./Stage.ts"
import * as Workers from "./Workers.ts"

export interface TourOptions {
  /** 0 is a free one. */
  readonly port: number
  /** How long the workers work at least. */
  readonly seconds: number
  /** Whether the sandbox goes on until interrupted. */
  readonly keep: boolean
  readonly paint: Paint
}

const names = ["worker-1", "worker-2", "worker-3", "worker-4"]

export const tour = Effect.fnUntraced(function* ({ keep, paint, port, seconds }: TourOptions) {
  const sandbox = yield* Sandbox.make({ port })
  const stage = yield* setStage(sandbox)
  yield* Output.lines(openingLines(stage, sandbox.origin, names.length, paint))
  yield* Effect.scoped(perform(sandbox, stage, seconds, paint))
  yield* Effect.provide(review(stage, paint), ReadPool.layer({ home: stage.home, vault: stage.vault }))
  yield* Output.lines(serverLines(countsOf(yield* sandbox.journal), paint))
  yield* Output.lines(nextLines(stage, keep ? sandbox.origin : undefined, paint))
  if (keep) return yield* Effect.never
}, Effect.scoped)

/** The workers work, and everything that is provoked happens to them. */
const perform = Effect.fnUntraced(function* (sandbox: Controls, stage: Stage, seconds: number, paint: Paint) {
  const say = (text: string) => Console.log(paint("said", `\n-- ${text}`))
  const workers = yield* Effect.forEach(names, (name) => Workers.start(name, stage, sandbox.origin), {
    concurrency: "unbounded"
  })
  const began = yield* Clock.currentTimeMillis
  yield* Effect.gen(function* () {
    const onlooker = yield* Onlooker.watch(paint)
    yield* Effect.forEach(workers, ({ tell }) => tell("go"), { discard: true })
    yield* acts({ sandbox, stage, workers, onlooker, say })
    yield* Effect.sleep(Math.max(0, began + seconds * 1000 - (yield* Clock.currentTimeMillis)))
    yield* say("The workers stop.")
    yield* Effect.forEach(workers, ({ stop }) => stop, { concurrency: "unbounded", discard: true })
  }).pipe(Effect.provide(ReadPool.ledgerLayer(stage.home)))
})

/** What the ledger says now. */
const review = Effect.fnUntraced(function* ({ home }: Stage, paint: Paint) {
  yield* Console.log(paint("strong", "\nHow the pool stands now (daybook status):"))
  yield* Output.lines(statusLines(yield* ReadPool.view({ home }), paint))
  yield* Console.log(paint("strong", "\nWhy second is dead (daybook story second):"))
  yield* tellStory({ home, json: false, paint }, { credential: "second", all: true })
})

const countsOf = (journal: ReadonlyArray<Journal.TokenPost>) => ({
  posts: journal.length,
  rotations: journal.filter(({ committed }) => committed).length,
  reuses: journal.filter(({ reuse }) => reuse).length
})
