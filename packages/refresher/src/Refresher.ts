/**
 * Refreshes one grant at a time in this process, and one process at a time: single flight here, the grant's own
 * lock between processes, and the ledger as the memory of what was tried. A caller that goes away ends only its waiting.
 */
import type { Winner } from "@daybook/pool/events/RefreshEvents"
import { refOf } from "@daybook/pool/Generation"
import type { GrantId } from "@daybook/pool/Ids"
import type { Credential, Grant } from "@daybook/pool/PoolState"
import { Raced, RefreshError } from "@daybook/pool/RefreshError"
import { Clock, Context, Deferred, Effect, Exit, Layer } from "effect"
import { isServable } from "./Freshness.ts"
import { grantState } from "./GrantState.ts"
import { asRefreshError } from "./internal/AsRefreshError.ts"
import { refreshGrant } from "./RefreshGrant.ts"
import type { Landing, Want } from "./Section.ts"
import type { RefreshServices } from "./RefreshServices.ts"
import { readBorrowed } from "./ReadBorrowed.ts"
import { type Target, targetOf } from "./Target.ts"
import type { Held } from "./Held.ts"
import { TokenMemory } from "./TokenMemory.ts"

type Flight = Deferred.Deferred<Landing, RefreshError>

export class Refresher extends Context.Service<
  Refresher,
  {
    /**
     * A token worth serving: from the store, from another process's refresh, or from one of our own. Only an operator,
     * who asked for a refresh and not for a token, is told `Raced` when somebody else was first.
     */
    readonly refresh: (credential: Credential, want: Want) => Effect.Effect<Held, RefreshError>
  }
>()("@daybook/refresher/Refresher") {
  static readonly layer = Layer.effect(
    Refresher,
    Effect.suspend(() => make)
  )
}

const make = Effect.gen(function* () {
  const services = yield* Effect.context<RefreshServices>()
  const scope = yield* Effect.scope
  const flights = new Map<GrantId, Flight>()

  const board = (credential: Credential, want: Want): Effect.Effect<Flight> =>
    Effect.suspend(() => {
      const underWay = flights.get(credential.grant)
      return underWay === undefined ? takeOff(credential, want) : Effect.succeed(underWay)
    })

  const takeOff = (credential: Credential, want: Want): Effect.Effect<Flight> => {
    const flight: Flight = Deferred.makeUnsafe()
    flights.set(credential.grant, flight)
    return refreshOrServe(credential, want).pipe(
      Effect.provide(services),
      Effect.onExit((exit) => {
        flights.delete(credential.grant)
        return Deferred.done(flight, exit)
      }),
      Effect.exit,
      Effect.forkIn(scope),
      Effect.as(flight)
    )
  }

  return Refresher.of({
    refresh: Effect.fn("Refresher.refresh")(function* (credential, want) {
      const joined = flights.has(credential.grant)
      const first = yield* Effect.exit(landing(credential, want))
      const landed = joined && isOldNews(first, want) ? yield* Effect.exit(landing(credential, want)) : first
      const { held, winner } = yield* landed
      if (winner === undefined || want.trigger !== "operator") return held
      return yield* raced(credential, held, winner)
    })
  })

  function landing(credential: Credential, want: Want) {
    return Effect.flatMap(Effect.uninterruptible(board(credential, want)), Deferred.await)
  }
})

/** A flight that began before we asked may bring the very token we do not want, or have been held back where we would not be. */
const isOldNews = (exit: Exit.Exit<Landing, RefreshError>, want: Want): boolean =>
  Exit.isSuccess(exit) ? exit.value.held.generation.access === want.unwanted : want.trigger === "operator"

const raced = ({ grant, id, provider }: Credential, { generation }: Held, winner: Winner) =>
  new RefreshError({
    provider,
    credential: id,
    grant,
    reason: new Raced({ found: refOf(generation), winner })
  })

const refreshOrServe = Effect.fnUntraced(function* (credential: Credential, want: Want) {
  const target = yield* targetOf(credential)
  return yield* (isOurs(target) ? refreshGrant(target, want) : readBorrowed(target, want)).pipe(
    Effect.catch((error) => serveInstead(target, want, error))
  )
})

/** Its refresh token is ours to spend. API keys have none; their store is only read. */
const isOurs = ({ authority, credential }: Target): boolean =>
  credential.kind === "oauth" && credential.ownership === "owned" && authority.writable

/** A refresh that must wait costs nothing while the access token in hand is good. */
const serveInstead = Effect.fnUntraced(function* (target: Target, want: Want, error: RefreshError) {
  if (error.reason._tag !== "Transient") return yield* error
  const held = (yield* TokenMemory).get(target.grant)
  const now = yield* Clock.currentTimeMillis
  const { grant } = yield* grantState(target).pipe(
    Effect.mapError((trouble) => asRefreshError(target, trouble)),
    Effect.orElseSucceed((): { readonly grant: Grant | undefined } => ({ grant: undefined }))
  )
  const unwanted = held?.generation.access === want.unwanted && want.unwanted !== undefined
  const serves = held !== undefined && !unwanted && isServable(held, now) && grant?.health._tag !== "Dead"
  return serves ? ({ held } satisfies Landing) : yield* error
})
