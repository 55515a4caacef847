/** `daybook what-if` */
import { replayRules } from "@daybook/oauth/ReplayRules"
import type { Change } from "@daybook/pool/replay/Change"
import * as Replay from "@daybook/pool/replay/WhatIf"
import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import * as History from "../History.ts"
import { type HistoryFlags, historyFlags, moments } from "../HistoryFlags.ts"
import { WhatIf, whatIfJson } from "../json/WhatIf.ts"
import * as Output from "../Output.ts"
import * as PolicyFile from "../PolicyFile.ts"
import { whatIfLines } from "../render/WhatIfLines.ts"
import * as Replaying from "../Replaying.ts"
import { settings } from "../Root.ts"
import { collectOften } from "../SmallHeap.ts"
import type { Settings } from "../Settings.ts"

const flags = {
  ...historyFlags,
  policy: Flag.String("policy").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription(
      "A JSON file with the fields that are to be otherwise, or default, hermes, olderHermes; without it the rules of today are asked under the policies of that time"
    ),
    Flag.optional
  ),
  from: Flag.String("from").pipe(
    Flag.withMetavar("MOMENT"),
    Flag.withDescription(`Otherwise only from here on: ${moments}; default from the beginning`),
    Flag.optional
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withDescription("Show each decision that would be otherwise"),
    Flag.withDefault(false)
  )
}

export const whatIf = Command.make(
  "what-if",
  flags,
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(
  Command.withDescription(
    "What the pool would have decided under another policy, or by the rules of today, and what that would have saved or cost. Writes nothing"
  )
)

interface Asked extends HistoryFlags {
  readonly policy: Option.Option<string>
  readonly from: Option.Option<string>
  readonly all: boolean
}

/** So many changes are kept; they are counted all the same. */
const most = 10_000

export const answer = Effect.fnUntraced(function* (told: Pick<Settings, "home" | "json" | "paint">, asked: Asked) {
  const named = Option.getOrUndefined(asked.policy)
  const policy = named === undefined ? undefined : yield* PolicyFile.read(named)
  const history = yield* History.open(told, asked)
  collectOften()
  const from = yield* Option.match(asked.from, {
    onNone: () => Effect.succeed(1),
    onSome: (moment) => firstFrom(history, moment)
  })
  const rules = replayRules()
  const changes: Array<Change> = []
  const onChange = (change: Change) => void (changes.length < most && changes.push(change))
  const replay = new Replay.WhatIf({ rules, policy, from, start: yield* Replaying.startOf(history), onChange })
  yield* Replaying.forEach(history, replay.add)
  const found = { from, policy, classifier: rules.version, changes, report: replay.end() }
  if (told.json) return yield* Output.documentOf(WhatIf, whatIfJson(history, found))
  const { head } = history.state
  yield* Output.lines(whatIfLines({ ...found, named, head, all: asked.all }, told.paint))
}, Effect.scoped)

/** The event that is named, or the one after a moment. */
const firstFrom = Effect.fnUntraced(function* (history: History.History, moment: string) {
  const { state } = yield* History.standing(history, moment, "--from")
  return /^\d+$/.test(moment) ? state.head : state.head + 1
})
