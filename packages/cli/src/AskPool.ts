/** Asks an open pool for a token, and says in the words of the command line why there is none. */
import { Ledger } from "@daybook/ledger/Ledger"
import { defaultProviders } from "@daybook/oauth/Providers"
import { CredentialPool, type Token } from "@daybook/refresher/CredentialPool"
import type { TokenRequest } from "@daybook/refresher/HeldFor"
import type { NoneAvailable } from "@daybook/refresher/PoolError"
import { members } from "@daybook/pool/PoolState"
import { Vault } from "@daybook/vault/Vault"
import { hermesAuthFile } from "daybook/Home"
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { exitCodes } from "./ExitCode.ts"
import type { Served } from "./handover/Task.ts"
import { nearest } from "./Nearest.ts"
import * as Output from "./Output.ts"
import { Stop } from "./Stop.ts"

/** A store that could not be read is said in any case, and is the answer if it leaves the pool without a token. */
export const askPool = Effect.fnUntraced(function* (provider: string, request: TokenRequest) {
  const { problems } = yield* Vault.use((vault) => vault.logins)
  yield* Output.warnings(problems)
  const state = yield* Ledger.use((ledger) => ledger.state)
  const token = yield* CredentialPool.use((pool) => pool.getToken(provider, request)).pipe(
    Effect.catchTag("UnknownProvider", () => nowhere({ provider }, members(state))),
    Effect.catchTag("NoneAvailable", (none): Effect.Effect<never, NoneAvailable | Stop> => {
      if (none.passed.length > 0) return Effect.fail(none)
      return problems.length > 0 ? unread(provider) : nowhere(none, members(state))
    })
  )
  return servedFrom(token)
})

type Found = Pick<Token, "provider" | "credential" | "label" | "kind" | "expiresAt" | "token" | "tokens">

export const servedFrom = ({ credential, expiresAt, kind, label, provider, token, tokens }: Found): Served => {
  const { account, idToken } = tokens
  return {
    provider,
    credential,
    kind,
    ...(label === undefined ? {} : { label }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    tokens: {
      access: token,
      ...(idToken === undefined ? {} : { idToken }),
      ...(account === undefined ? {} : { account })
    }
  }
}

export const unread = (provider: string) =>
  new Stop({ exitCode: exitCodes.error, message: `So there is no token of "${provider}" to give.` })

/** Nothing of the provider is in the pool or in a store that was opened: perhaps it is in one that was not named. */
export const nowhere = (none: Nothing, credentials: ReadonlyArray<Named>) =>
  new Stop({
    exitCode: exitCodes.nothingAvailable,
    message: notAProvider(none.provider, credentials) ?? `${whyNone(none, credentials)} ${nameStore(hermesAuthFile())}`
  })

type Nothing = Pick<NoneAvailable, "provider"> & Partial<Pick<NoneAvailable, "message">>

interface Named {
  readonly id?: string
  readonly label?: string | undefined
  readonly provider: string
}

/** Somebody who typed a credential's name meant that credential. */
const notAProvider = (name: string, credentials: ReadonlyArray<Named>): string | undefined => {
  const named = credentials.find(({ id, label }) => id === name || label === name)
  return named === undefined
    ? undefined
    : `"${name}" is no provider but a credential: \`daybook token ${named.provider} --credential ${name}\`.`
}

/** An API key needs no definition of its provider. */
const whyNone = ({ message, provider }: Nothing, credentials: ReadonlyArray<Named>): string => {
  const defined = defaultProviders.map(({ id }) => id)
  if (message !== undefined && defined.includes(provider)) return message
  const known = [...new Set([...defined, ...credentials.map((one) => one.provider)])].toSorted()
  return `No provider "${provider}" is defined, and no API key of it is in this pool.${guess(provider, known)} Known are: ${known.join(", ")}.`
}

const guess = (typed: string, names: ReadonlyArray<string>): string => {
  const near = nearest(typed, names)
  return near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`
}

const nameStore = (usual: string): string =>
  existsSync(usual) ? `Name a store with --vault PATH, such as ${usual}.` : "Name a store with --vault PATH."
