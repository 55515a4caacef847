/**
 * The process that refreshes, as `Detached.ts` starts it: opens the pool, asks it, answers on stdout and ends. Whoever
 * started it may be gone by then; that is no reason to stop.
 */
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { runMain } from "@effect/platform-node/NodeRuntime"
import { memberNamed } from "@daybook/refresher/Selection"
import { Refresher } from "@daybook/refresher/Refresher"
import { Ledger } from "@daybook/ledger/Ledger"
import * as Otlp from "daybook/Otlp"
import { Effect, Layer, Option, Schema } from "effect"
import { askPool } from "../AskPool.ts"
import * as Deaths from "../Deaths.ts"
import * as Ending from "../Ending.ts"
import { othersOf } from "../LoginsElsewhere.ts"
import * as WritePool from "../WritePool.ts"
import { endOfWords, revealForPipe, Task } from "./Task.ts"

for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {})

/** Written though stderr may be gone or full. */
const answerWith = (text: string): void => {
  process.stderr.write(endOfWords)
  process.stdout.write(text)
}

const task = Schema.decodeUnknownSync(Schema.fromJsonString(Task))(process.argv[2])

const answer = Effect.gen(function* () {
  const { credential, model, provider } = task
  const served = yield* askPool(provider, {
    ...(credential === undefined ? {} : { credential }),
    ...(model === undefined ? {} : { model })
  })
  return revealForPipe(served)
})

/** Nothing is sent if the token is not due, or somebody else has brought the next one. */
const refresh = Effect.gen(function* () {
  const state = yield* Ledger.use((ledger) => ledger.state)
  const credential = yield* Effect.fromResult(memberNamed(state, task.credential ?? ""))
  yield* Refresher.use((refresher) => refresher.refresh(credential, { trigger: "proactive" }))
  return ""
})

const pool = WritePool.layer({ home: task.home, vault: task.vault }, Option.fromUndefinedOr(task.sandbox), {
  recoverFrom: task.recover ? othersOf(task.provider) : []
})

Effect.gen(function* () {
  return yield* task.unattended ? refresh : answer
}).pipe(
  Effect.provide(pool),
  Effect.tap(() => Effect.sync(() => Deaths.sayBeside(""))),
  Effect.tap((text) => Effect.sync(() => answerWith(text))),
  Effect.catch(Ending.fail),
  Effect.catchDefect(Ending.confess),
  Effect.provide(Layer.merge(nodeServices, Layer.provideMerge(Otlp.layer("daybook"), Ending.logger))),
  runMain
)
