/** The tokens that a command is to be run with: those of the providers that were named, else of all that have one. */
import { Ledger } from "@daybook/ledger/Ledger"
import { empty } from "@daybook/pool/PoolState"
import { Effect, Option } from "effect"
import { carriable } from "./Carriable.ts"
import { exitCodes } from "./ExitCode.ts"
import { findCredential } from "./FindCredential.ts"
import { begin } from "./FirstSteps.ts"
import type { Served } from "./handover/Task.ts"
import { obtain } from "./Obtain.ts"
import * as Output from "./Output.ts"
import * as ReadPool from "./ReadPool.ts"
import type { Settings } from "./Settings.ts"
import { Stop } from "./Stop.ts"

export interface Asked {
  readonly providers: ReadonlyArray<string>
  /** By id or label. */
  readonly credentials: ReadonlyArray<string>
  readonly sandbox: Option.Option<string>
}

interface Wanted {
  readonly provider: string
  readonly credential: Option.Option<string>
}

export const tokensFor = Effect.fnUntraced(function* (told: Settings, asked: Asked) {
  const { credentials, providers, sandbox } = asked
  const isNamed = providers.length > 0 || credentials.length > 0
  const wanted = isNamed ? yield* named(told, asked) : yield* everyProvider(told)
  const found = yield* Effect.forEach(
    wanted,
    (one) => {
      const token = Effect.tap(obtain(told, { ...one, sandbox, model: Option.none(), recover: false }), carriable)
      return isNamed ? Effect.asSome(token) : ifThereIsOne(token)
    },
    { concurrency: "unbounded" }
  )
  const tokens = found.flatMap(Option.toArray)
  return tokens.length > 0 ? tokens : yield* nothing(told.home, wanted)
})

/** In the order in which they were named; a credential stands for its provider. */
const named = Effect.fnUntraced(function* (told: Settings, { credentials, providers }: Asked) {
  const chosen = credentials.length === 0 ? [] : yield* membersNamed(told, credentials)
  const wanted = new Map(providers.map((provider) => [provider, Option.none<string>()]))
  for (const { id, provider } of chosen) {
    if (Option.isSome(wanted.get(provider) ?? Option.none())) return yield* twice(provider)
    wanted.set(provider, Option.some(id))
  }
  return Array.from(wanted, ([provider, credential]): Wanted => ({ provider, credential }))
})

const membersNamed = (told: Settings, names: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const state = yield* Ledger.use((ledger) => ledger.state)
    return yield* Effect.forEach(names, (name) => findCredential(state, name))
  }).pipe(Effect.provide(ReadPool.ledgerLayer(told.home)))

const twice = (provider: string) =>
  new Stop({
    exitCode: exitCodes.usage,
    message: `Two credentials of "${provider}" cannot stand in the same variables. Name one of them.`
  })

/** API keys first: where two providers share a variable, it is made for a key. */
const everyProvider = Effect.fnUntraced(function* (told: Settings) {
  const all = yield* Effect.provide(ReadPool.providersIn, ReadPool.layer(told)).pipe(
    Effect.catchReason("LedgerError", "Missing", () =>
      Effect.provide(ReadPool.offeredProviders, ReadPool.vaultLayer(told, empty))
    )
  )
  return all.map((provider): Wanted => ({ provider, credential: Option.none() }))
})

/** Why a provider has none is said, and no reason not to run the command with the others. */
const ifThereIsOne = <E, R>(token: Effect.Effect<Served, E | Stop, R>) =>
  Effect.asSome(token).pipe(
    Effect.catchIf(
      (error): error is Stop => error instanceof Stop && error.exitCode === exitCodes.nothingAvailable,
      ({ message }) =>
        Effect.sync(() => {
          if (message !== "") Output.sayOnce(message)
          return Option.none<Served>()
        })
    )
  )

const nothing = (home: string, wanted: ReadonlyArray<Wanted>) =>
  new Stop({
    exitCode: exitCodes.nothingAvailable,
    message:
      wanted.length === 0
        ? `No credential is in the pool in ${home}, so the command was not run. ${begin} puts one there.`
        : "So the command was not run. `daybook status` says how each credential stands."
  })
