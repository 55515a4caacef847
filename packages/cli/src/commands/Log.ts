/** `daybook log` */
import { Ledger } from "@daybook/ledger/Ledger"
import { catalogue } from "@daybook/pool/Event"
import { Seq } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import { Console, Effect, HashMap, Option, Schema, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { isWanted, type Wanted } from "../EventFilter.ts"
import { exitCodes } from "../ExitCode.ts"
import { findCredential } from "../FindCredential.ts"
import * as ReadPool from "../ReadPool.ts"
import { eventJson } from "../render/EventJson.ts"
import { logLine } from "../render/LogLine.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"
import { Stop } from "../Stop.ts"

const flags = {
  follow: Flag.Boolean("follow").pipe(
    Flag.withAlias("f"),
    Flag.withDescription("Go on with whatever is appended, until interrupted"),
    Flag.withDefault(false)
  ),
  credential: Flag.String("credential").pipe(
    Flag.withDescription("Only events of this one, by id or label"),
    Flag.optional
  ),
  provider: Flag.String("provider").pipe(Flag.withDescription("Only events of its credentials"), Flag.optional),
  type: Flag.String("type").pipe(
    Flag.withDescription("Only events of this type, such as RefreshStarted"),
    Flag.optional
  ),
  from: Flag.Int("from").pipe(
    Flag.withMetavar("SEQ"),
    Flag.withDescription("From this event on; default the oldest that was not archived"),
    Flag.withSchema(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
    Flag.optional
  )
}

export const log = Command.make(
  "log",
  flags,
  Effect.fnUntraced(function* (flags) {
    const told = yield* settings
    yield* Effect.provide(show(told, flags), ReadPool.ledgerLayer(told.home))
  })
).pipe(Command.withDescription("The events of the ledger, a line each; --json gives them as JSON Lines"))

interface Asked {
  readonly follow: boolean
  readonly credential: Option.Option<string>
  readonly provider: Option.Option<string>
  readonly type: Option.Option<string>
  readonly from: Option.Option<number>
}

const show = Effect.fnUntraced(function* (told: Settings, asked: Asked) {
  const ledger = yield* Ledger
  const wanted = yield* wantedOf(yield* ledger.state, asked)
  const from = Option.getOrUndefined(Option.map(asked.from, (seq) => Seq.make(seq)))
  yield* (asked.follow ? ledger.tail(from) : ledger.read(from)).pipe(
    Stream.filter((event) => isWanted(event, ledger.known(), wanted)),
    Stream.runForEach((event) => Console.log(lineOf(event, ledger.known(), told)))
  )
})

const wantedOf = Effect.fnUntraced(function* (state: PoolState, asked: Asked) {
  const { credential, provider, type } = asked
  if (Option.isSome(type) && !mayHaveType(state, type.value)) return yield* noSuchType(type.value)
  if (Option.isSome(provider) && !mayHaveProvider(state, provider.value, asked)) {
    return yield* noSuchProvider(provider.value, state)
  }
  const named = Option.isNone(credential) ? undefined : yield* findCredential(state, credential.value)
  return {
    credential: named?.id,
    provider: Option.getOrUndefined(provider),
    type: Option.getOrUndefined(type)
  } satisfies Wanted
})

/** A ledger with events of a newer version may have any type. */
const mayHaveType = (state: PoolState, type: string): boolean => Object.hasOwn(catalogue, type) || state.unknown > 0

const noSuchType = (type: string): Stop =>
  new Stop({
    exitCode: exitCodes.usage,
    message: `There are no events of type "${type}". The types are: ${Object.keys(catalogue).join(", ")}.`
  })

/** Whoever follows may wait for a provider that is yet to come. */
const mayHaveProvider = (state: PoolState, provider: string, { follow }: Asked): boolean =>
  follow || providersIn(state).includes(provider)

const noSuchProvider = (provider: string, state: PoolState): Stop =>
  new Stop({
    exitCode: exitCodes.usage,
    message: `No credential of "${provider}" was ever in this pool. Its providers are: ${providersIn(state).join(", ") || "none"}.`
  })

/** Also of credentials that were removed. */
const providersIn = (state: PoolState): ReadonlyArray<string> => [
  ...new Set(Array.from(HashMap.values(state.credentials), ({ provider }) => provider))
]

const lineOf = (event: Recorded, state: PoolState, { json, paint }: Settings): string =>
  json ? JSON.stringify(eventJson(event)) : logLine(event, state, paint)
