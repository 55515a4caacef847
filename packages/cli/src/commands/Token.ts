/** `daybook token` */
import { Ledger } from "@daybook/ledger/Ledger"
import { defaultProviders } from "@daybook/oauth/Providers"
import { type Credential, members, type PoolState } from "@daybook/pool/PoolState"
import { CredentialPool, type Token } from "@daybook/refresher/CredentialPool"
import type { NoneAvailable } from "@daybook/refresher/PoolError"
import { Vault } from "@daybook/vault/Vault"
import { hermesAuthFile } from "daybook/Home"
import { loginFilesOf } from "daybook/LoginFiles"
import { Console, Effect, Option, Redacted } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { existsSync } from "node:fs"
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
    recover: Flag.Boolean("recover").pipe(
      Flag.withDescription(
        "If a login of the pool's own is lost, look for one of the same account in other programs' files"
      ),
      Flag.withDefault(false)
    ),
    sandbox: WritePool.sandboxFlag
  },
  Effect.fnUntraced(function* ({ credential, format, model, provider, recover, sandbox }) {
    const told = yield* settings
    const request = {
      ...Option.match(credential, { onNone: () => ({}), onSome: (credential) => ({ credential }) }),
      ...Option.match(model, { onNone: () => ({}), onSome: (model) => ({ model }) })
    }
    const pool = WritePool.layer(told, sandbox, { recoverFrom: recover ? othersOf(provider) : [] })
    const token = yield* Effect.provide(ask(provider, request), pool)
    yield* told.json || format === "json" ? Output.document(tokenJson(token)) : Console.log(Redacted.value(token.token))
  })
).pipe(
  Command.withDescription("Prints a token worth sending, refreshed first if it must be. Exit code 3 if there is none")
)

const othersOf = (id: string) =>
  defaultProviders.filter((provider) => provider.id === id).flatMap((one) => loginFilesOf(one))

/** A store that could not be read is said in any case, and is the answer if it leaves the pool without a token. */
const ask = Effect.fnUntraced(function* (
  provider: string,
  request: { readonly credential?: string; readonly model?: string }
) {
  const { problems } = yield* Vault.use((vault) => vault.logins)
  yield* Output.warnings(problems)
  const state = yield* Ledger.use((ledger) => ledger.state)
  return yield* CredentialPool.use((pool) => pool.getToken(provider, request)).pipe(
    Effect.catchTag("NoneAvailable", (none): Effect.Effect<never, NoneAvailable | Stop> => {
      if (none.passed.length > 0) return Effect.fail(none)
      return problems.length > 0 ? unread(provider) : nowhere(none, state)
    })
  )
})

const unread = (provider: string) =>
  new Stop({ exitCode: exitCodes.error, message: `So there is no token of "${provider}" to give.` })

/** Nothing of the provider is in the pool or in a store that was opened: perhaps it is in one that was not named. */
const nowhere = (none: NoneAvailable, state: PoolState) =>
  new Stop({
    exitCode: exitCodes.nothingAvailable,
    message: notAProvider(none.provider, members(state)) ?? `${whyNone(none)} ${nameStore(hermesAuthFile())}`
  })

/** Somebody who typed a credential's name meant that credential. */
const notAProvider = (name: string, credentials: ReadonlyArray<Credential>): string | undefined => {
  const named = credentials.find(({ id, label }) => id === name || label === name)
  return named === undefined
    ? undefined
    : `"${name}" is no provider but a credential: \`daybook token ${named.provider} --credential ${name}\`.`
}

/** An API key needs no definition of its provider. */
const whyNone = ({ message, provider }: NoneAvailable): string => {
  const known = defaultProviders.map(({ id }) => id)
  return known.includes(provider)
    ? message
    : `No provider "${provider}" is defined, and no API key of it is in this pool. Known are: ${known.join(", ")}.`
}

const nameStore = (usual: string): string =>
  existsSync(usual) ? `Name a store with --vault PATH, such as ${usual}.` : "Name a store with --vault PATH."

const tokenJson = ({ credential, expiresAt, label, provider, token }: Token) => ({
  token: Redacted.value(token),
  provider,
  credential,
  label: label ?? null,
  expiresAt: iso(expiresAt)
})
