/** `daybook lineage` */
import { Seq } from "@daybook/pool/Ids"
import { type Credential, emptyGrant, type Grant, grantById, type PoolState } from "@daybook/pool/PoolState"
import { Family, familyEvents } from "@daybook/pool/queries/Family"
import { Effect, HashMap, Option, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import * as History from "../History.ts"
import { type HistoryFlags, historyFlags } from "../HistoryFlags.ts"
import { Lineage, lineageJson } from "../json/Lineage.ts"
import * as Output from "../Output.ts"
import { lineageLines } from "../render/LineageLines.ts"
import { namesIn } from "@daybook/words/Names"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"

export const lineage = Command.make(
  "lineage",
  {
    credential: Argument.String("credential").pipe(Argument.withDescription("Id or label of a credential")),
    all: Flag.Boolean("all").pipe(
      Flag.withDescription("Show each generation, also of long runs without incident"),
      Flag.withDefault(false)
    ),
    ...historyFlags
  },
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(
  Command.withDescription(
    "The family of tokens behind a credential: who brought each, who spent it, how it ended, forks"
  )
)

interface Asked extends HistoryFlags {
  readonly credential: string
  readonly all: boolean
}

export const answer = Effect.fnUntraced(function* (told: Pick<Settings, "home" | "json" | "paint">, asked: Asked) {
  const history = yield* History.open(told, asked)
  const credential = yield* History.credential(history, asked.credential)
  const family = new Family(yield* grantBefore(history, credential))
  const take = family.take.bind(family)
  yield* History.scan(history, { types: familyEvents, names: [credential.grant], take })
  const lineage = family.lineage(history.at)
  const holders = holdersOf(history.state, credential)
  if (told.json) {
    return yield* Output.documentOf(Lineage, lineageJson(history, credential, holders, lineage))
  }
  const { at, state } = history
  yield* Output.lines(
    lineageLines({ credential, holders, lineage, at, names: namesIn(state), all: asked.all }, told.paint)
  )
}, Effect.scoped)

/** As the state at the end of archived events has it. */
const grantBefore = Effect.fnUntraced(function* ({ ledger }: History.History, { grant }: Credential) {
  const oldest = Option.getOrUndefined(yield* Stream.runHead(ledger.read()))
  if (oldest === undefined || oldest.seq === 1) return emptyGrant(grant)
  const state: PoolState = yield* ledger.asOf({ seq: Seq.make(oldest.seq - 1) })
  return grantById(state, grant) satisfies Grant
})

/** Removed ones included, in the order of their enrolment. */
const holdersOf = ({ credentials }: PoolState, { grant }: Credential) =>
  Array.from(HashMap.values(credentials))
    .filter((credential) => credential.grant === grant)
    .toSorted((a, b) => a.enrolledSeq - b.enrolledSeq)
    .map(({ id }) => id)
