/** `daybook story` */
import { Seq } from "@daybook/pool/Ids"
import type { Credential } from "@daybook/pool/PoolState"
import { isRefusal, tellingTypes, wentOn } from "@daybook/pool/queries/WentOn"
import type { Recorded } from "@daybook/pool/Recorded"
import { storyOf } from "@daybook/pool/queries/Story"
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import * as ActorNames from "../ActorNames.ts"
import { linesWith } from "../EventFilter.ts"
import * as History from "../History.ts"
import { type HistoryFlags, historyFlags } from "../HistoryFlags.ts"
import { Story, storyJson } from "../json/Story.ts"
import * as Output from "../Output.ts"
import { storyLines } from "../render/StoryLines.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"

const flags = {
  credential: Argument.String("credential").pipe(Argument.withDescription("Id or label of a credential")),
  all: Flag.Boolean("all").pipe(
    Flag.withDescription("Every event of it, not only the newest 100"),
    Flag.withDefault(false)
  ),
  ...historyFlags
}

export const story = Command.make(
  "story",
  flags,
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(Command.withDescription("What happened to one credential, in order, each event under its cause"))

interface Asked extends Partial<HistoryFlags> {
  readonly credential: string
  readonly all?: boolean
}

/** The newest events of the story are shown, unless all are wanted. */
const newestMost = 100

export const answer = Effect.fnUntraced(function* (
  { json, paint, ...told }: Pick<Settings, "home" | "json" | "paint">,
  { all = false, credential: name, ...flags }: Asked
) {
  const history = yield* History.open(told, flags)
  const credential = yield* History.credential(history, name)
  const { earlier, events } = yield* eventsOf(history, credential, all ? Infinity : newestMost)
  const found = yield* Effect.forEach(events.filter(isRefusal), (refusal) =>
    Effect.map(behind(history, refusal), (later) => wentOn(refusal, later, history.state))
  )
  const whole = { earlier, events, wentOn: found.filter((one) => one !== undefined) }
  if (json) return yield* Output.documentOf(Story, storyJson(history, credential.id, whole))
  const names = yield* ActorNames.find(
    history,
    events.map(({ actor }) => actor)
  )
  yield* Output.lines(storyLines(whole, names, paint))
}, Effect.scoped)

const eventsOf = Effect.fnUntraced(function* (history: History.History, { id }: Credential, most: number) {
  const { state } = history
  const isOfStory = storyOf(state, id)
  const events: Array<Recorded> = []
  let earlier = 0
  const take = (event: Recorded) => {
    if (!isOfStory(event)) return
    events.push(event)
    if (events.length < 2 * most) return
    earlier += events.splice(0, events.length - most).length
  }
  yield* History.scan(history, { ...linesWith(state, { credential: id }), take })
  earlier += events.splice(0, Math.max(0, events.length - most)).length
  return { earlier, events }
})

/** So many events behind a refusal are looked at for where its process went on. */
const reach = 200

const behind = Effect.fnUntraced(function* (history: History.History, { seq }: Recorded) {
  const later: Array<Recorded> = []
  const take = (event: Recorded) => void later.push(event)
  const to = Seq.make(Math.min(seq + reach, history.state.head))
  if (seq < to) yield* History.scan(history, { from: Seq.make(seq + 1), to, types: tellingTypes, take })
  return later
})
