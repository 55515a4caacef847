/**
 * One program of a world that has a pool: the real protocol on simulated edges. It is asked for tokens, told what the API
 * said, and does its housekeeping; each such *errand* is a fiber that the driver takes from step to step.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { Providers } from "@daybook/oauth/Providers"
import { TokenEndpoint } from "@daybook/oauth/TokenEndpoint"
import { UsageEndpoint } from "@daybook/oauth/UsageEndpoint"
import { Fingerprints } from "@daybook/pool/Fingerprint"
import type { CredentialId } from "@daybook/pool/Ids"
import type { Policy } from "@daybook/pool/Policy"
import { members } from "@daybook/pool/PoolState"
import { RefreshError } from "@daybook/pool/RefreshError"
import { CredentialPool, type Token } from "@daybook/refresher/CredentialPool"
import { takeStock } from "@daybook/refresher/Enrolment"
import { Leases } from "@daybook/refresher/Leases"
import { Operator } from "@daybook/refresher/Operator"
import { PoolPolicy } from "@daybook/refresher/PoolPolicy"
import { Refresher } from "@daybook/refresher/Refresher"
import type { RefreshServices } from "@daybook/refresher/RefreshServices"
import { saveUnsaved } from "@daybook/refresher/SaveUnsaved"
import { TokenMemory } from "@daybook/refresher/TokenMemory"
import { Uses } from "@daybook/refresher/Uses"
import { Cause, Clock, Context, Effect, Exit, Layer, Logger, Random, Redacted, Scope } from "effect"
import type { Chances } from "../support/Chances.ts"
import type { Disk, Log, Onlooker, View } from "./Log.ts"
import { viewOf } from "./Log.ts"
import type { Network } from "./Network.ts"
import { marker, providerId, type Server } from "./Server.ts"
import type { Shelf } from "./Shelf.ts"
import type { Process, Stage } from "./Stage.ts"
import { services, type Watch } from "./Stores.ts"
import { isTagged, messageOf } from "./Words.ts"

export interface Actor {
  readonly process: Process
  readonly disk: Disk
  readonly view: View
  /** Errands under way. */
  busy: number
  /** How often it changed a store, the stash or the quarantine. */
  writes: number
  readonly run: (errand: Errand) => void
}

/** The errands' names are the actor's interface to its driver. */
export type Errand =
  | { readonly _tag: "ask" | "use" | "force" | "revoked" | "limited" | "lapse"; readonly credential: string }
  | { readonly _tag: "refresh" | "pause" | "resume" | "revive" | "remove"; readonly credential: string }
  | { readonly _tag: "stock" | "save" | "status" }

/** How an errand ended, as far as the checks care. */
export interface Ending {
  readonly errand: Errand
  readonly token?: Token
  readonly error?: unknown
}

export interface ActorOptions {
  readonly stage: Stage
  readonly log: Log
  readonly shelf: Shelf
  readonly server: Server
  readonly network: Network
  readonly fingerprints: Fingerprints["Service"]
  readonly policy: Policy
  readonly chances: Chances
  /** The share of looks at the ledger that are steps of their own, in [0, 1]. */
  readonly fineness: number
  readonly watch: Omit<Watch, "wrote">
  readonly begun: Onlooker["begun"]
  /** Just before a request leaves; the attempt that it belongs to. */
  readonly sending: (actor: Actor, token: string) => string | undefined
  readonly ended: (actor: Actor, ending: Ending) => void
  readonly statusWrote: (actor: Actor) => void
}

type Services = RefreshServices | CredentialPool | Operator | Refresher

export const start = (name: string, options: ActorOptions): Actor => {
  const { chances, ended, fingerprints, log, network, policy, server, shelf, stage, watch } = options
  const process: Process = { name, alive: true }
  const disk: Disk = { ledgerFails: undefined, storeFails: undefined }
  const pausing = () => chances.next() < options.fineness
  const view = viewOf(stage, log, process, disk, { pausing, begun: options.begun })
  const actor: Actor = { process, disk, view, busy: 0, writes: 0, run }
  const edges = services({
    stage,
    shelf,
    process,
    disk,
    watch: { ...watch, wrote: () => void actor.writes++ }
  }).pipe(
    Context.add(Ledger, view.service),
    Context.add(Fingerprints, fingerprints),
    Context.add(
      TokenEndpoint,
      network.endpointOf(process, (token) => options.sending(actor, token))
    ),
    Context.add(UsageEndpoint, { read: () => Effect.succeed({ _tag: "Unasked" }) })
  )
  const ambient = Context.make(Clock.Clock, stage.clockOf(process)).pipe(
    Context.add(PoolPolicy, policy),
    Context.add(Random.Random, randomOf(chances)),
    Context.add(Logger.CurrentLoggers, new Set<Logger.Logger<unknown, unknown>>())
  )
  const pool = Layer.merge(CredentialPool.layer, Operator.layer("/simulated")).pipe(
    Layer.provideMerge(Refresher.layer),
    Layer.provideMerge(
      Layer.mergeAll(
        TokenMemory.layer,
        Leases.layer("/simulated"),
        Uses.layer,
        Providers.layer([server.options.provider])
      )
    ),
    Layer.provideMerge(Layer.succeedContext(edges))
  )
  let context: Context.Context<Services> | undefined
  stage.start(
    Effect.tap(Layer.buildWithMemoMap(pool, Layer.makeMemoMapUnsafe(), Scope.makeUnsafe()), (built) =>
      Effect.sync(() => (context = Context.merge(ambient, built) as Context.Context<Services>))
    ),
    ambient
  )

  function run(errand: Errand): void {
    actor.busy++
    stage.say(`${name} begins: ${errand._tag}${"credential" in errand ? ` ${errand.credential}` : ""}`)
    const before = actor.writes
    const lines = log.lines.length
    const done = (exit: Exit.Exit<Token | undefined, unknown>) => {
      if (!process.alive) return
      actor.busy--
      const ending = endingOf(errand, exit)
      stage.say(`${name} ends: ${errand._tag} ${inWords(ending)}`)
      if (errand._tag === "status" && (actor.writes !== before || wroteSince(log, lines, view)))
        options.statusWrote(actor)
      ended(actor, ending)
    }
    stage.start(
      Effect.onExit(doing(errand, options), (exit) => Effect.sync(() => done(exit))),
      context!
    )
  }

  return actor
}

/** Whether this actor added to the log. */
const wroteSince = (log: Log, from: number, { service }: View): boolean =>
  log.events(from).some(({ actor }) => actor === service.actor)

const doing = (errand: Errand, options: ActorOptions): Effect.Effect<Token | undefined, unknown, Services> =>
  Effect.gen(function* () {
    const pool = yield* CredentialPool
    switch (errand._tag) {
      case "ask":
        return yield* pool.getToken(providerId, { credential: errand.credential })
      case "use":
        return yield* using(pool, errand.credential, options)
      case "force":
        return yield* pool.getToken(providerId, { credential: errand.credential, forceRefresh: true })
      case "refresh":
        return yield* pool.refresh(errand.credential)
      case "pause":
      case "resume":
      case "revive":
      case "remove":
        yield* (yield* Operator)[errand._tag](errand.credential as CredentialId)
        return undefined
      case "lapse":
        return yield* keptAlive(errand.credential)
      case "revoked":
        return yield* revoking(pool, errand.credential, options)
      case "limited":
        return yield* reporting(pool, errand.credential, 429, `{"error":{"type":"usage_limit_reached"}}`)
      case "stock":
        yield* takeStock("/simulated", "watch")
        return undefined
      case "save":
        yield* saveUnsaved
        return undefined
      case "status":
        yield* pool.status
        return undefined
    }
  })

/** As the pool's upkeep does for a login that nobody asks for. */
const keptAlive = Effect.fnUntraced(function* (name: string) {
  const refresher = yield* Refresher
  const credential = members(yield* (yield* Ledger).state).find(({ id }) => id === name)
  if (credential !== undefined) yield* refresher.refresh(credential, { trigger: "keepalive" })
  return undefined
})

/** A call of the API: if it refuses the token, another is asked for, once. */
const using = Effect.fnUntraced(function* (
  pool: CredentialPool["Service"],
  credential: string,
  { server, stage }: ActorOptions
) {
  const first = yield* pool.getToken(providerId, { credential })
  if (server.accepts(Redacted.value(first.token), stage.now)) {
    yield* pool.report(providerId, first.token, { status: 200, headers: {}, body: "" })
    return first
  }
  yield* pool.report(providerId, first.token, { status: 401, headers: {}, body: `{"error":{"code":"token_expired"}}` })
  return yield* pool.getToken(providerId, { credential, failedToken: first.token })
})

const reporting = Effect.fnUntraced(function* (
  pool: CredentialPool["Service"],
  credential: string,
  status: number,
  body: string
) {
  const token = yield* pool.getToken(providerId, { credential })
  yield* pool.report(providerId, token.token, { status, headers: {}, body })
  return undefined
})

/** The API says so, and it is true. */
const revoking = Effect.fnUntraced(function* (
  pool: CredentialPool["Service"],
  credential: string,
  { server }: ActorOptions
) {
  const { token } = yield* pool.getToken(providerId, { credential })
  server.revokeBy(Redacted.value(token))
  yield* pool.report(providerId, token, { status: 401, headers: {}, body: `{"error":{"code":"token_revoked"}}` })
  return undefined
})

const randomOf = (chances: Chances): Context.Service.Shape<typeof Random.Random> => ({
  nextDoubleUnsafe: chances.next,
  nextIntUnsafe: () => Math.floor(chances.next() * Number.MAX_SAFE_INTEGER)
})

const endingOf = (errand: Errand, exit: Exit.Exit<Token | undefined, unknown>): Ending => {
  if (Exit.isSuccess(exit)) return exit.value === undefined ? { errand } : { errand, token: exit.value }
  return { errand, error: Cause.squash(exit.cause) }
}

const inWords = ({ error, token }: Ending): string => {
  if (error === undefined) return token === undefined ? "done" : `served ${nameOf(token)}`
  if (error instanceof RefreshError)
    return `${error.reason._tag} ${"reason" in error.reason ? error.reason.reason : ""}`
  return isTagged(error) ? error._tag : messageOf(error)
}

/** By its place in its family, since fingerprints differ from run to run. */
const nameOf = ({ token }: Token): string => Redacted.value(token).split(`${marker}-`)[1] ?? "?"
