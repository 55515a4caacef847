/** `daybook token` */
import { CredentialPool, type Token } from "@daybook/refresher/CredentialPool"
import { Vault } from "@daybook/vault/Vault"
import { Console, Effect, Option, Redacted } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { exitCodes } from "../ExitCode.ts"
import * as Output from "../Output.ts"
import { iso } from "../render/StatusJson.ts"
import { settings } from "../Root.ts"
import { Stop } from "../Stop.ts"
import * as WritePool from "../WritePool.ts"

export const token = Command.make(
  "token",
  {
    provider: Argument.String("provider").pipe(Argument.withDescription("Such as openai-codex")),
    credential: Flag.String("credential").pipe(Flag.withDescription("Only this one, by id or label"), Flag.optional),
    model: Flag.String("model").pipe(
      Flag.withDescription("Pass over credentials on which this model is benched"),
      Flag.optional
    ),
    format: Flag.Literals("format", ["raw", "json"]).pipe(
      Flag.withDescription("raw is the token and a newline, nothing else"),
      Flag.withDefault("raw")
    ),
    sandbox: WritePool.sandboxFlag
  },
  Effect.fnUntraced(function* ({ credential, format, model, provider, sandbox }) {
    const told = yield* settings
    const request = {
      ...Option.match(credential, { onNone: () => ({}), onSome: (credential) => ({ credential }) }),
      ...Option.match(model, { onNone: () => ({}), onSome: (model) => ({ model }) })
    }
    const token = yield* Effect.provide(ask(provider, request), WritePool.layer(told, sandbox))
    yield* told.json || format === "json" ? Output.document(tokenJson(token)) : Console.log(Redacted.value(token.token))
  })
).pipe(
  Command.withDescription("Prints a token worth sending, refreshed first if it must be. Exit code 3 if there is none")
)

/** A store that could not be read is said in any case, and is the answer if it leaves the pool without a token. */
const ask = Effect.fnUntraced(function* (
  provider: string,
  request: { readonly credential?: string; readonly model?: string }
) {
  const { problems } = yield* Vault.use((vault) => vault.logins)
  yield* Output.warnings(problems)
  return yield* CredentialPool.use((pool) => pool.getToken(provider, request)).pipe(
    Effect.catchTag("NoneAvailable", (none) =>
      Effect.fail(
        problems.length > 0 && none.passed.length === 0
          ? new Stop({ exitCode: exitCodes.error, message: `So there is no token of "${provider}" to give.` })
          : none
      )
    )
  )
})

const tokenJson = ({ credential, expiresAt, label, provider, token }: Token) => ({
  token: Redacted.value(token),
  provider,
  credential,
  label: label ?? null,
  expiresAt: iso(expiresAt)
})
