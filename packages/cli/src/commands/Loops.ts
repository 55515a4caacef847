/** `daybook loops` */
import { Seq } from "@daybook/pool/Ids"
import type { Credential } from "@daybook/pool/PoolState"
import { type Loop, loopTypes, makeLoopDetector } from "@daybook/pool/queries/Loops"
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import * as History from "../History.ts"
import { type HistoryFlags, historyFlags, moments } from "../HistoryFlags.ts"
import * as HistoryPages from "../HistoryPages.ts"
import { Loops, loopsJson } from "../json/Loops.ts"
import * as Output from "../Output.ts"
import * as Period from "../Period.ts"
import { asOfLines } from "../render/AsOfLines.ts"
import { loopsLines } from "../render/LoopsLines.ts"
import { settings } from "../Root.ts"
import { sameLedger } from "../SameLedger.ts"
import type { Settings } from "../Settings.ts"

const flags = {
  credential: Argument.String("credential").pipe(
    Argument.withDescription("Only loops of this one, by id or label"),
    Argument.optional
  ),
  since: Flag.String("since").pipe(
    Flag.withMetavar("MOMENT"),
    Flag.withDescription(`Only loops that went on at this moment or later: ${moments}`),
    Flag.optional
  ),
  ...historyFlags
}

export const loops = Command.make(
  "loops",
  flags,
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(
  Command.withDescription(
    "Which credentials are caught in a loop, since when, what it costs, and what would stop it. Reads the ledger alone"
  )
)

type Told = Pick<Settings, "home" | "json" | "paint">

interface Asked extends Partial<HistoryFlags> {
  readonly credential: Option.Option<string>
  readonly since: Option.Option<string>
}

export const answer = Effect.fnUntraced(function* (told: Told, { credential, since, ...flags }: Asked) {
  const whole = yield* History.open(told, flags)
  const { from, history } = yield* Period.resolve(whole, { since, until: Option.none() })
  const one = Option.isNone(credential) ? undefined : yield* History.credential(history, credential.value)
  const detector = makeLoopDetector()
  // A loop may have begun earlier than it is asked about, and with a token of another credential.
  yield* History.scan(history, { types: loopTypes, take: (event) => void detector.take(event) })
  const loops = detector.found(history.at).filter((loop) => isOf(loop, one) && loop.last.seq >= (from ?? 0))
  const first = (yield* HistoryPages.oldest(history))?.seq ?? Seq.make(1)
  if (told.json) return yield* Output.documentOf(Loops, loopsJson(history, first, from, loops))
  const { at, state } = history
  const looked = { from: first, since: from, credential: one, state, at, again: sameLedger(told, flags) }
  yield* Output.lines([...asOfLines(history, told.paint), ...loopsLines(loops, looked, told.paint)])
}, Effect.scoped)

const isOf = (loop: Loop, one: Credential | undefined): boolean =>
  one === undefined || loop.credential === one.id || loop.grant === one.grant
