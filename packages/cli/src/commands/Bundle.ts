/** `daybook bundle` */
import { expand } from "daybook/Home"
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import * as MakeExcerpt from "../bundle/MakeExcerpt.ts"
import * as History from "../History.ts"
import { type HistoryFlags, ledger } from "../HistoryFlags.ts"
import { Bundle } from "../json/Bundle.ts"
import { basisOf } from "../json/Basis.ts"
import * as Output from "../Output.ts"
import { bundleLines } from "../render/BundleLines.ts"
import * as Period from "../Period.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"

const flags = {
  ledger,
  ...Period.flags,
  folder: Argument.String("folder").pipe(
    Argument.withDescription("Where the excerpt goes: a folder that is not there yet, or empty")
  ),
  credential: Flag.String("credential").pipe(
    Flag.withDescription("Only events of this one, by id or label; may be given several times"),
    Flag.atLeast(0)
  )
}

interface Flags extends Pick<HistoryFlags, "ledger">, Period.Flags {
  readonly folder: string
  readonly credential: ReadonlyArray<string>
}

export const bundle = Command.make(
  "bundle",
  flags,
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(
  Command.withDescription(
    "An excerpt for a bug report: a ledger of its own, with other fingerprints, and without addresses, labels, hosts and folders"
  )
)

export const answer = Effect.fnUntraced(function* (told: Pick<Settings, "home" | "json">, flags: Flags) {
  const period = yield* Period.resolve(yield* History.open(told, { ledger: flags.ledger }), flags)
  const made = yield* MakeExcerpt.write(period, expand(flags.folder), flags.credential)
  const { history } = period
  yield* told.json ? Output.documentOf(Bundle, { ...basisOf(history), ...made }) : Output.lines(bundleLines(made))
}, Effect.scoped)
