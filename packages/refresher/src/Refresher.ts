/**
 * Refreshes one grant at a time: callers who want the same share one flight, the grant's own lock keeps flights and
 * processes apart, and the ledger is the memory of what was tried. A caller that goes away ends only its waiting.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import type { Winner } from "@daybook/pool/events/RefreshEvents"
import { refOf } from "@daybook/pool/Generation"
import { type Credential, grantById } from "@daybook/pool/PoolState"
import { Raced, RefreshError } from "@daybook/pool/RefreshError"
import { Clock, Context, Deferred, Effect, Layer, Tracer } from "effect"
import { isServable } from "./Freshness.ts"
import { refreshGrant } from "./RefreshGrant.ts"
import type { Landing, Want } from "./Section.ts"
import type { RefreshServices } from "./RefreshServices.ts"
import { readBorrowed } from "./ReadBorrowed.ts"
import { inRefreshSpan } from "./Spans.ts"
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
    /** The same, and nobody waits for it: what came of it is in the ledger. */
    readonly begin: (credential: Credential, want: Want) => Effect.Effect<void>
  }
>()("@daybook/refresher/Refresher") {
  static readonly layer = Layer.effect(
    Refresher,
    Effect.suspend(() => make)
  )
}

const make = Effect.gen(function* () {
  // A flight belongs to whoever asked for it, and not to whatever was going on when the pool was opened.
  const services = Context.omit(Tracer.ParentSpan)(yield* Effect.context<RefreshServices>())
  const scope = yield* Effect.scope
  const flights = new Map<string, Flight>()

  const board = (credential: Credential, want: Want): Effect.Effect<Flight> =>
    Effect.suspend(() => {
      const underWay = flights.get(routeOf(credential, want))
      return underWay === undefined ? takeOff(credential, want) : Effect.succeed(underWay)
    })

  const takeOff = (credential: Credential, want: Want): Effect.Effect<Flight> => {
    const flight: Flight = Deferred.makeUnsafe()
    const route = routeOf(credential, want)
    flights.set(route, flight)
    return refreshOrServe(credential, want).pipe(
      Effect.provide(services),
      inRefreshSpan(credential, want),
      Effect.onExit((exit) => {
        flights.delete(route)
        return Deferred.done(flight, exit)
      }),
      Effect.exit,
      Effect.forkIn(scope),
      Effect.as(flight)
    )
  }

  return Refresher.of({
    begin: (credential, want) => Effect.asVoid(Effect.uninterruptible(board(credential, want))),
    refresh: Effect.fnUntraced(function* (credential, want) {
      const flight = yield* Effect.uninterruptible(board(credential, want))
      const { held, winner } = yield* Deferred.await(flight)
      if (winner === undefined || want.trigger !== "operator") return held
      return yield* raced(credential, held, winner)
    })
  })
})

/** Only callers who want the same share a flight: another's may bring the very token that we do not want. */
const routeOf = ({ grant }: Credential, { trigger, unwanted }: Want): string => [grant, trigger, unwanted].join(" ")

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
  const ledger = yield* Ledger
  const { health } = grantById(yield* Effect.orElseSucceed(ledger.state, ledger.known), target.grant)
  const unwanted = held?.generation.access === want.unwanted && want.unwanted !== undefined
  const serves = held !== undefined && !unwanted && isServable(held, now) && health._tag !== "Dead"
  return serves ? ({ held } satisfies Landing) : yield* error
})
