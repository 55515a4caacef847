/** `daybook view` */
import { expand } from "daybook/Home"
import { Effect, Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { typed } from "../At.ts"
import * as Browser from "../Browser.ts"
import { exitCodes } from "../ExitCode.ts"
import * as History from "../History.ts"
import { type HistoryFlags, historyFlags } from "../HistoryFlags.ts"
import { basisOf } from "../json/Basis.ts"
import { Report, Served } from "../json/View.ts"
import * as Output from "../Output.ts"
import * as Period from "../Period.ts"
import { reportLines, servingLines } from "../render/ViewLines.ts"
import { settings } from "../Root.ts"
import { sameLedger } from "../SameLedger.ts"
import type { Settings } from "../Settings.ts"
import { shellWord } from "../Shell.ts"
import { Stop } from "../Stop.ts"
import * as Invitation from "../view/Invitation.ts"
import * as ReportFile from "../view/Report.ts"
import * as Server from "../view/Server.ts"
import * as Shown from "../view/Shown.ts"
import * as Site from "../view/Site.ts"

const flags = {
  ...historyFlags,
  port: Flag.Int("port").pipe(
    Flag.withDescription("Port of this machine to serve the page on; default a free one"),
    Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 }))),
    Flag.optional
  ),
  noOpen: Flag.Boolean("no-open").pipe(
    Flag.withDescription("Show the address and open no browser"),
    Flag.withDefault(false)
  ),
  out: Flag.String("out").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Serve nothing: write the page and an excerpt, made as by bundle, to one new HTML file"),
    Flag.optional
  ),
  ...Period.flags,
  credential: Flag.String("credential").pipe(
    Flag.withDescription("Of a report: only events of this one, by id or label; may be given several times"),
    Flag.atLeast(0)
  )
}

interface Flags extends HistoryFlags, Period.Flags {
  readonly port: Option.Option<number>
  readonly noOpen: boolean
  readonly out: Option.Option<string>
  readonly credential: ReadonlyArray<string>
}

type Told = Pick<Settings, "home" | "json">

export const view = Command.make(
  "view",
  flags,
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(Command.withDescription("The ledger as a page in the browser, live; or with --out in a file for a bug report"))

export const answer = Effect.fnUntraced(function* (told: Told, flags: Flags) {
  const { out } = flags
  yield* checkTogether(flags)
  yield* Option.isSome(out) ? report(told, flags, expand(out.value)) : serve(told, flags)
}, Effect.scoped)

/** What is for a report alone, and what is for a page alone. */
const checkTogether = ({ at, credential, out, port, since, until }: Flags): Effect.Effect<void, Stop> => {
  if (Option.isSome(out)) {
    if (Option.isSome(at)) return usage("--at is of a page that is served. Say with --until where a report ends.")
    return Option.isSome(port) ? usage("--port is of a page that is served. Leave it or --out out.") : Effect.void
  }
  const ofReport = {
    "--since": Option.isSome(since),
    "--until": Option.isSome(until),
    "--credential": credential.length > 0
  }
  const given = Object.entries(ofReport).flatMap(([name, isGiven]) => (isGiven ? [name] : []))
  return given.length === 0
    ? Effect.void
    : usage(`${given.join(" and ")}: of a report only. Name its file with --out, or choose on the page.`)
}

const usage = (message: string): Effect.Effect<never, Stop> =>
  Effect.fail(new Stop({ exitCode: exitCodes.usage, message }))

const report = Effect.fnUntraced(function* (told: Told, flags: Flags, file: string) {
  const site = yield* Site.read
  const period = yield* Period.resolve(yield* History.open(told, { ledger: flags.ledger }), flags)
  const made = { file, ...(yield* ReportFile.write(site, period, file, flags.credential)) }
  yield* told.json
    ? Output.documentOf(Report, { ...basisOf(period.history), ...made })
    : Output.lines(reportLines(made))
})

const atOf = ({ at }: Pick<Flags, "at">): ReadonlyArray<string> =>
  Option.match(at, { onNone: () => [], onSome: (text) => [`--at ${shellWord(typed(text))}`] })

const serve = Effect.fnUntraced(function* (told: Told, { noOpen, port: wanted, ...flags }: Flags) {
  const site = yield* Site.read
  const history = yield* History.open(told, flags)
  const shown = yield* Shown.make(history, {
    isUpTo: Option.isSome(flags.at),
    isFromElsewhere: Option.isSome(flags.ledger),
    again: sameLedger(told, flags)(["daybook view", ...atOf(flags)].join(" "))
  })
  const { newAddress, port } = yield* Server.open(
    site,
    shown,
    Option.getOrElse(wanted, () => 0)
  )
  const url = newAddress()
  const { folder, state } = history
  if (told.json) {
    yield* Output.documentOf(Served, { ...basisOf(history), folder, port, url })
  } else {
    const isAtTerminal = process.stdin.isTTY && process.stdout.isTTY
    yield* Output.lines(servingLines({ folder, head: state.head, url, isAtTerminal }))
    if (isAtTerminal) yield* Invitation.onEnter(() => console.log(newAddress()))
    const browser = noOpen || !process.stdout.isTTY ? undefined : Browser.opener(process.env, process.platform)
    if (browser !== undefined) yield* Invitation.openBrowser(browser, url)
  }
  return yield* Effect.never
})
