/** `daybook classify` */
import { explain } from "@daybook/oauth/Explain"
import { type Provider } from "@daybook/oauth/Provider"
import { defaultProviders, undefinedProvider } from "@daybook/oauth/Providers"
import { quotaWindowsIn } from "@daybook/oauth/Quota"
import { Clock, Effect, Option, Result } from "effect"
import { Command, Flag } from "effect/cli"
import { classifyAgain } from "../ClassifyAgain.ts"
import { exitCodes } from "../ExitCode.ts"
import * as Output from "../Output.ts"
import * as ReadPool from "../ReadPool.ts"
import { standardInput, type Unreadable } from "../ReadText.ts"
import { againJson, againLines, explanationJson, explanationLines } from "../render/ClassifyLines.ts"
import * as ResponseText from "../ResponseText.ts"
import { settings } from "../Root.ts"
import { Stop } from "../Stop.ts"

const flags = {
  provider: Flag.String("provider").pipe(
    Flag.withDescription("Whose answer it is, such as openai-codex; without it the common rules alone are asked"),
    Flag.optional
  ),
  surface: Flag.Literals("surface", ["token", "api"]).pipe(
    Flag.withDescription("What answered: the token endpoint, or the model API"),
    Flag.withDefault("token")
  ),
  kind: Flag.Literals("kind", ["oauth", "apiKey"]).pipe(
    Flag.withDescription("What the request was sent with; it matters to the model API only"),
    Flag.withDefault("oauth")
  ),
  event: Flag.Int("event").pipe(
    Flag.withMetavar("SEQ"),
    Flag.withDescription("Judge a refusal that the ledger holds, in place of standard input"),
    Flag.optional
  )
}

export const classify = Command.make(
  "classify",
  flags,
  Effect.fnUntraced(function* ({ event, kind, provider: id, surface }) {
    const told = yield* settings
    if (Option.isSome(event)) {
      const again = yield* Effect.provide(classifyAgain(event.value), ReadPool.ledgerLayer(told.home))
      return yield* told.json ? Output.document(againJson(again)) : Output.lines(againLines(again, told.paint))
    }
    const provider = yield* providerOf(id)
    const answer = yield* givenOnStdin
    const now = yield* Clock.currentTimeMillis
    const explained = explain({ surface, provider, kind, now, answer })
    const windows = "headers" in answer && surface === "api" ? quotaWindowsIn(answer.headers, now) : []
    yield* told.json
      ? Output.document(explanationJson(explained, windows))
      : Output.lines(explanationLines(explained, windows, now, told.paint))
  })
).pipe(
  Command.withDescription(
    "Says what an answer of a provider means, and under which rule. Reads it from standard input: what `curl -i` prints, or JSON with status, headers and body"
  )
)

const providerOf = (id: Option.Option<string>): Effect.Effect<Provider, Stop> => {
  if (Option.isNone(id) || id.value === "oauth2") return Effect.succeed(undefinedProvider)
  const found = defaultProviders.find((provider) => provider.id === id.value)
  return found === undefined ? Effect.fail(noSuchProvider(id.value)) : Effect.succeed(found)
}

const noSuchProvider = (id: string) =>
  new Stop({
    exitCode: exitCodes.usage,
    message: `There is no definition of "${id}". Give one of ${defaultProviders.map(({ id }) => id).join(", ")}, or leave --provider out.`
  })

const givenOnStdin = Effect.gen(function* () {
  if (process.stdin.isTTY) return yield* usage("Nothing stands on standard input")
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
