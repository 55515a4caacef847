/**
 * A world that a seed decides: actors with pools on one ledger, other programs, a server, clocks, disks. The driver makes
 * one move after the other; after each, all invariants are looked at. At last everything goes quiet.
 */
import { check as checkOf, fingerprints, make as makeKey } from "@daybook/ledger/FingerprintKey"
import type { ActorId, CredentialId, GrantId } from "@daybook/pool/Ids"
import type { Draft } from "@daybook/pool/Recorded"
import type { Generation } from "@daybook/pool/Generation"
import { Redacted } from "effect"
import { createHmac, createSecretKey } from "node:crypto"
import { type Actor, type ActorOptions, start } from "./Actor.ts"
import { Checks } from "./Checks.ts"
import { Log, newId } from "./Log.ts"
import * as Network from "./Network.ts"
import type { Outsider } from "./Outsider.ts"
import { type Pair, providerId, Server, tokensOf } from "./Server.ts"
import { type Lock, Shelf, type Slot } from "./Shelf.ts"
import { Stage } from "./Stage.ts"
import type { Variant } from "./Variant.ts"

export interface World {
  readonly variant: Variant
  readonly stage: Stage
  readonly log: Log
  readonly shelf: Shelf
  readonly server: Server
  readonly network: Network.Network
  readonly checks: Checks
  readonly past: Map<string, Array<Pair>>
  readonly actors: Array<Actor>
  readonly outsiders: Array<Outsider>
  readonly startActor: () => Actor
}

/** All worlds have one key, so that a seed gives the same fingerprints again. */
export const keyBytes = new Uint8Array(32).fill(7)
const key = makeKey(keyBytes)
const hmacKey = createSecretKey(keyBytes)

/** Fingerprints as the page on the format of a ledger has them, not as the code under test does. */
const fingerprintOf = (secret: string) =>
  `fp_${createHmac("sha256", hmacKey).update(secret).digest().subarray(0, 12).toString("base64url")}` as never

export const make = (variant: Variant): World => {
  const { chances, policy } = variant
  const stage = new Stage(1_800_000_000_000 + variant.seed)
  const log = new Log()
  const server = new Server(variant.server)
  const past = new Map<string, Array<Pair>>()
  const shelf = new Shelf(slotsOf(variant))
  const network = Network.make(stage, server, chances)
  const actors: Array<Actor> = []
  const lockOf = (credential: string) => shelf.slots.find(({ name }) => name === credential)?.lock
  /** For each attempt the turn of the lock in which its intent was written, if its errand had it. */
  const turns = new Map<string, number>()
  const begun: ActorOptions["begun"] = (attempt, credential, errand) => {
    const lock = lockOf(credential)
    if (lock?.holder !== undefined && lock.errand === errand) turns.set(attempt, lock.turn)
  }
  const holdsLock = (attempt: string, credential: string) => {
    const lock = lockOf(credential)
    return lock?.holder !== undefined && lock.turn === turns.get(attempt)
  }
  const checks = new Checks({ stage, log, shelf, server, network, nameOf: fingerprintOf, holdsLock })
  const options: ActorOptions = {
    stage,
    log,
    shelf,
    server,
    network,
    policy,
    chances,
    fineness: variant.fineness,
    fingerprints: fingerprints(key),
    watch: {
      cleared: (slot, found) => checks.cleared(slot, found),
      kept: (tokens) => checks.keep(tokens),
      unstashed: (tokens) => checks.excuse(tokens),
      forbidden: (what) => checks.found(`I8: ${what} was tried`)
    },
    begun,
    sending: (actor, token) => checks.sending(actor, token),
    ended: (actor, ending) => checks.ended(actor, ending),
    statusWrote: ({ process }) => checks.found(`I9: a status of ${process.name} wrote something`)
  }
  let started = 0
  const world: World = {
    variant,
    stage,
    log,
    shelf,
    server,
    network,
    checks,
    past,
    actors,
    outsiders: [],
    startActor: () => start(`A${++started}`, options)
  }
  log.begin(newId() as ActorId, stage.wallClock(), checkOf(key))
  for (const slot of shelf.slots) enrol(world, slot)
  checks.look()
  for (let count = 0; count < variant.actors; count++) world.actors.push(world.startActor())
  for (const name of ["X", "Y"]) world.outsiders.push({ process: { name, alive: true }, busy: false })
  return world
}

const slotsOf = ({ borrowed, owned, shared }: Variant): ReadonlyArray<Slot> => {
  const common: Lock = { holder: undefined, turn: 0, errand: undefined }
  return Array.from({ length: owned + borrowed }, (_, index): Slot => {
    const isOwned = index < owned
    return {
      name: `c${index + 1}`,
      ref: {
        kind: shared ? "hermes" : "own",
        path: `/simulated/${shared ? "auth" : index}.json`,
        slot: `c${index + 1}`
      },
      owned: isOwned,
      account: `account-${index + 1}`,
      holdLimit: shared ? 10_000 : undefined,
      lock: shared && isOwned ? common : { holder: undefined, turn: 0, errand: undefined },
      tokens: { seen: {}, synced: {} }
    }
  })
}

/** A login that is a few generations old already, so that there are backups of it which nobody knows. */
const enrol = ({ log, past, server, shelf, stage, variant }: World, slot: Slot): void => {
  const age = variant.chances.oneOf([0, 1, 3])
  const pairs = [server.logIn(slot.name, slot.account, stage.now)]
  for (let generation = 0; generation < age; generation++) {
    stage.pass(1_900_000)
    server.present(pairs.at(-1)!.refresh, stage.now, { by: "before", ours: false, attempt: undefined })
    pairs.push(server.journal.at(-1)!.issued!)
  }
  const pair = pairs.at(-1)!
  past.set(slot.name, pairs)
  shelf.see(slot.tokens, { ...tokensOf(pair), refreshedAt: stage.now })
  shelf.sync(slot.tokens)
  log.write(enrolment(slot, pair, variant.server.speaking), newId() as ActorId, stage.wallClock())
  log.synced = log.lines.length
}

const enrolment = (slot: Slot, pair: Pair, speaking: boolean): ReadonlyArray<Draft> => {
  const credential = slot.name as CredentialId
  const grant = newId() as GrantId
  const names = fingerprints(key)
  const generation: Generation = {
    access: names.of(Redacted.make(pair.access)),
    refresh: names.of(Redacted.make(pair.refresh)),
    expiresAt: pair.expiresAt,
    ...(speaking ? { issuedAt: pair.expiresAt - 3_600_000 } : {}),
    account: names.ofText(`${providerId} ${pair.account}`)
  }
  const ownership = slot.owned ? ("owned" as const) : ("borrowed" as const)
  return [
    {
      type: "CredentialEnrolled",
      v: 1,
      credential,
      data: {
        provider: providerId,
        kind: "oauth",
        grant,
        priority: 0,
        source: "device_code",
        ownership,
        store: slot.ref
      }
    },
    {
      type: "GenerationObserved",
      v: 1,
      credential,
      data: { grant, generation, where: slot.ref.kind, how: "enrol" }
    }
  ]
}
