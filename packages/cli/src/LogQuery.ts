/** What `daybook log` is asked, checked against the ledger that is asked: names that nobody has are refused. */
import { catalogue } from "@daybook/pool/Event"
import { CorrelationId, Seq } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import { Effect, HashMap, Option, Schema } from "effect"
import type { Wanted } from "./EventFilter.ts"
import { exitCodes } from "./ExitCode.ts"
import * as FindActors from "./FindActors.ts"
import * as History from "./History.ts"
import type { HistoryFlags } from "./HistoryFlags.ts"
import * as Period from "./Period.ts"
import type { Settings } from "./Settings.ts"
import { Stop } from "./Stop.ts"
import * as VerdictName from "./VerdictName.ts"

export interface Asked extends Pick<HistoryFlags, "ledger">, Period.Flags {
  readonly follow: boolean
  readonly credential: Option.Option<string>
  readonly provider: Option.Option<string>
  readonly type: Option.Option<string>
  readonly actor: Option.Option<string>
  readonly verdict: Option.Option<string>
  readonly correlation: Option.Option<string>
  readonly from: Option.Option<number>
}

export interface Query {
  /** Up to the moment that is asked for. */
  readonly history: History.History
  /** Absent: from the oldest event on. */
  readonly from: Seq | undefined
  readonly wanted: Wanted
}

export const resolve = Effect.fnUntraced(function* (told: Pick<Settings, "home">, asked: Asked) {
  if (asked.follow && Option.isSome(asked.until)) return yield* endless
  const { ledger } = asked
  const { from: since, history } = yield* Period.resolve(yield* History.open(told, { ledger }), asked)
  const from = Option.match(asked.from, { onNone: () => since, onSome: (seq) => Seq.make(Math.max(seq, since ?? 1)) })
  return { history, from, wanted: yield* wantedOf(history, asked) } satisfies Query
})

const endless = new Stop({
  exitCode: exitCodes.usage,
  message: "--follow goes on for ever, and --until ends it. Leave one of them out."
})

const wantedOf = Effect.fnUntraced(function* (history: History.History, asked: Asked) {
  const { state } = history
  const { actor, correlation, credential, follow, provider, type, verdict } = asked
  if (Option.isSome(type) && !mayHaveType(state, type.value)) return yield* noSuchType(type.value)
  if (Option.isSome(provider) && !mayHaveProvider(state, provider.value, asked)) {
    return yield* noSuchProvider(provider.value, state)
  }
  const given = <A, B, E>(option: Option.Option<A>, find: (value: A) => Effect.Effect<B, E>) =>
    Option.match(option, { onNone: () => Effect.succeed(undefined), onSome: find })
  return {
    credential: (yield* given(credential, (name) => History.credential(history, name)))?.id,
    provider: Option.getOrUndefined(provider),
    type: Option.getOrUndefined(type),
    actors: yield* given(actor, (name) => FindActors.find(history.ledger, name, follow)),
    verdict: yield* given(verdict, VerdictName.find),
    correlation: yield* given(correlation, readCorrelation)
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
const providersIn = (state: PoolState): ReadonlyArray<string> =>
  [...new Set(Array.from(HashMap.values(state.credentials), ({ provider }) => provider))].toSorted()

const isCorrelation = Schema.is(CorrelationId)

const readCorrelation = (typed: string): Effect.Effect<CorrelationId, Stop> =>
  isCorrelation(typed)
    ? Effect.succeed(typed)
    : Effect.fail(
        new Stop({
          exitCode: exitCodes.usage,
          message: `"${typed}" is no id of a story. \`daybook log --json\` shows it as "correlation" of an event: 36 characters, such as 01920003-0000-7000-8000-000000000001.`
        })
      )

export const noSuchStory = (correlation: CorrelationId): Stop =>
  new Stop({
    exitCode: exitCodes.error,
    message: `No event of this ledger belongs to the story ${correlation}. \`daybook log --json\` shows that of each event as "correlation".`
  })
