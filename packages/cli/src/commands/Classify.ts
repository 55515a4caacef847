/** `daybook classify` */
import { explain } from "@daybook/oauth/Explain"
import { type Provider } from "@daybook/oauth/Provider"
import { defaultProviders, undefinedProvider } from "@daybook/oauth/Providers"
import { quotaWindowsIn } from "@daybook/oauth/Quota"
import { Clock, Effect, Option, Result, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { classifyAgain } from "../ClassifyAgain.ts"
import { exitCodes } from "../ExitCode.ts"
import { ledger } from "../HistoryFlags.ts"
import { Again, againJson, Given, givenJson } from "../json/Classify.ts"
import * as LedgerFolder from "../LedgerFolder.ts"
import * as Output from "../Output.ts"
import * as ReadPool from "../ReadPool.ts"
import { standardInput, type Unreadable } from "../ReadText.ts"
import { againLines, explanationLines } from "../render/ClassifyLines.ts"
import * as ResponseText from "../ResponseText.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"
import { Stop } from "../Stop.ts"

const flags = {
  provider: Flag.String("provider").pipe(
    Flag.withDescription("Whose answer it is, such as openai-codex; without it the common rules alone are asked"),
    Flag.optional
  ),
  surface: Flag.Literals("surface", ["token", "api"]).pipe(
    Flag.withDescription("What answered: the token endpoint (default), or the model API"),
    Flag.optional
  ),
  kind: Flag.Literals("kind", ["oauth", "apiKey"]).pipe(
    Flag.withDescription("What the request was sent with, default oauth; it matters to the model API only"),
    Flag.optional
  ),
  event: Flag.Int("event").pipe(
    Flag.withMetavar("SEQ"),
    Flag.withDescription("Judge a refusal that the ledger holds, in place of standard input"),
    Flag.withSchema(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
    Flag.optional
  ),
  ledger
}

export const classify = Command.make(
  "classify",
  flags,
  Effect.fnUntraced(function* ({ event, ledger, ...asked }) {
    const told = yield* settings
    if (Option.isSome(event))
      return yield* classifyEvent(yield* LedgerFolder.find(ledger, told.home), told, event.value, asked)
    if (Option.isSome(ledger)) return yield* noEvent
    yield* classifyGiven(told, asked)
  })
).pipe(
  Command.withDescription(
    "Says what an answer of a provider means, and under which rule. Reads it from standard input: what `curl -i` prints, or JSON with status, headers and body"
  )
)

interface Asked {
  readonly provider: Option.Option<string>
  readonly surface: Option.Option<"token" | "api">
  readonly kind: Option.Option<"oauth" | "apiKey">
}

const classifyEvent = Effect.fnUntraced(function* (folder: string, told: Settings, seq: number, asked: Asked) {
  const superfluous = Object.entries(asked).find(([, flag]) => Option.isSome<unknown>(flag))
  if (superfluous !== undefined) return yield* knownFromLedger(superfluous[0])
  const again = yield* Effect.provide(classifyAgain(seq), ReadPool.ledgerLayer(folder))
  yield* told.json ? Output.documentOf(Again, againJson(again)) : Output.lines(againLines(again, told.paint))
})

/** What a flag says counts before what a line of a corpus says of itself. */
const classifyGiven = Effect.fnUntraced(function* (told: Settings, asked: Asked) {
  const { about, answer } = yield* givenOnStdin
  const now = about.now === undefined ? yield* Clock.currentTimeMillis : Date.parse(about.now)
  const surface = Option.getOrElse(asked.surface, () => about.surface ?? "token")
  const kind = Option.getOrElse(asked.kind, () => about.kind ?? "oauth")
  const provider = Option.isSome(asked.provider)
    ? yield* providerOf(asked.provider.value)
    : (definitionOf(about.provider) ?? undefinedProvider)
  const explained = explain({ surface, provider, kind, now, answer })
  const windows = "headers" in answer && surface === "api" ? quotaWindowsIn(answer.headers, now) : []
  yield* told.json
    ? Output.documentOf(Given, givenJson(explained, windows))
    : Output.lines(explanationLines(explained, windows, now, told.paint))
})

const definitionOf = (id: string | undefined): Provider | undefined =>
  defaultProviders.find((provider) => provider.id === id)

const providerOf = (id: string): Effect.Effect<Provider, Stop> => {
  const found = id === "oauth2" ? undefinedProvider : definitionOf(id)
  return found === undefined ? Effect.fail(noSuchProvider(id)) : Effect.succeed(found)
}

const knownFromLedger = (flag: string) =>
  new Stop({ exitCode: exitCodes.usage, message: `The ledger knows the ${flag} of its events. Leave --${flag} out.` })

const noEvent = new Stop({
  exitCode: exitCodes.usage,
  message: "--ledger says which ledger an event is in. Name the event with --event SEQ, or leave --ledger out."
})

const noSuchProvider = (id: string) =>
  new Stop({
    exitCode: exitCodes.usage,
    message: `There is no definition of "${id}". Give one of ${defaultProviders.map(({ id }) => id).join(", ")}, or oauth2 for the common rules alone.`
  })

const givenOnStdin = Effect.gen(function* () {
  if (process.stdin.isTTY) return yield* usage("There is nothing on standard input")
  const text = yield* Effect.mapError(standardInput, unreadable)
  const given = ResponseText.read(text)
  return Result.isSuccess(given) ? given.success : yield* usage(`Standard input ${given.failure}`)
})

const usage = (what: string) =>
  new Stop({
    exitCode: exitCodes.usage,
    message: `${what}. Give one answer: \`curl -si ... | daybook classify\`, or {"status": 400, "headers": {}, "body": "..."}.`
  })

const unreadable = ({ path, why }: Unreadable) =>
  new Stop({ exitCode: exitCodes.error, message: `Cannot read ${path} (${why}).` })
