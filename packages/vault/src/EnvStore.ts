/** API keys in environment variables: read, never written. The environment is handed in, not looked up. */
import type { TokenSet } from "@daybook/pool/TokenSet"
import { isBlank } from "@daybook/pool/TokenSet"
import { Effect } from "effect"
import { readOnly } from "./Authority.ts"
import { secret, tokenSet } from "./internal/Tokens.ts"
import type { Login } from "./Login.ts"
import type { Store } from "./Store.ts"

export interface EnvOptions {
  readonly variables: ReadonlyArray<{ readonly name: string; readonly provider: string }>
  readonly environment: Readonly<Record<string, string | undefined>>
}

export const make = ({ environment, variables }: EnvOptions): Store => {
  const keyIn = (name: string): TokenSet => tokenSet({ access: secret(environment[name]) })
  const logins = variables.map(({ name, provider }) => toLogin(name, provider, keyIn(name)))
  return {
    description: { kind: "env", about: `API keys in ${variables.map(({ name }) => name).join(", ")}` },
    survey: Effect.succeed({ logins: logins.filter(({ tokens }) => !isBlank(tokens)), problems: [] }),
    holds: (ref) => logins.some(({ store }) => ref.kind === "env" && store.slot === ref.slot),
    authority: (ref) =>
      Effect.succeed(
        readOnly({
          ref,
          why: "it comes from the environment; change the variable there",
          read: Effect.succeed(logins.find(({ store }) => store.slot === ref.slot)?.tokens ?? {})
        })
      )
  }
}

const toLogin = (name: string, provider: string, tokens: TokenSet): Login => ({
  store: { kind: "env", slot: `env:${name}` },
  provider,
  kind: "apiKey",
  ownership: "borrowed",
  source: `env:${name}`,
  priority: 0,
  tokens
})
