/**
 * The end of a world: nothing goes wrong any more, other programs are done, and time goes on. In the end each credential
 * has a token that works, or a death that is true, after few requests.
 */
import { Cause, Redacted } from "effect"
import { RefreshError } from "@daybook/pool/RefreshError"
import { fold } from "@daybook/pool/Evolve"
import { members } from "@daybook/pool/PoolState"
import * as LineFormat from "@daybook/ledger/LineFormat"
import { encode } from "@daybook/pool/StateSnapshot"
import type { Actor, Ending } from "./Actor.ts"
import { newId } from "./Log.ts"
import { lifetime, marker, revealed, tokensOf } from "./Server.ts"
import type { Slot } from "./Shelf.ts"
import { messageOf } from "./Words.ts"
import type { World } from "./World.ts"

export interface Quiet {
  /** Credentials that ended dead. */
  readonly lost: number
}

/** Requests that one credential may need when all is well again; after that, one for each access token. */
const mostRequests = 8

/** How often each credential is asked for, an hour and more apart: the longest wait of all is a day. */
const rounds = 60

export const goQuiet = (world: World): Quiet => {
  const { actors, checks, network, outsiders, server, shelf, stage } = world
  stage.say("all is quiet")
  network.weather = 0
  stage.clockError = 0
  for (const { disk } of actors) {
    disk.ledgerFails = undefined
    disk.storeFails = undefined
  }
  runDown(world)
  for (const outsider of outsiders) {
    stage.kill(outsider.process)
    shelf.free(outsider.process)
  }
  for (const [index, { process }] of actors.entries()) if (!process.alive) actors[index] = world.startActor()
  resumeAll(world)
  const before = server.journal.length
  const since = stage.now
  const inPool = new Set(members(world.log.states.at(-1)!).map(({ id }) => String(id)))
  const lost = shelf.slots
    .filter(({ name }) => inPool.has(name))
    .filter((slot) => settle(world, slot) === "dead").length
  const requests = server.journal.slice(before).filter(({ ours }) => ours).length
  const most = shelf.slots.length * (mostRequests + (2 * (stage.now - since)) / lifetime)
  if (requests > most) checks.found(`I10: ${requests} requests were sent when all was well`)
  if (checks.breaches.length === 0) sameEverywhere(world)
  return { lost }
}

/** Everything under way comes to its end. */
const runDown = (world: World): void => {
  const { checks, stage, variant } = world
  for (let step = 0; step < 4_000; step++) {
    const ready = stage.ready()
    if (ready.length > 0) {
      stage.release(variant.chances.oneOf(ready))
      stage.pass(1)
    } else {
      const next = stage.nextTimer()
      if (next === undefined || isIdle(world)) return
      stage.pass(Math.max(0, next - stage.now))
    }
    checks.look()
    if (checks.breaches.length > 0) return
  }
  checks.found("I10: errands do not end")
}

/** The pools' upkeep goes on for ever. */
const isIdle = ({ actors, outsiders }: World): boolean =>
  actors.every(({ busy, process }) => busy === 0 || !process.alive) && outsiders.every(({ busy }) => !busy)

const resumeAll = ({ log, stage }: World): void => {
  for (const { id, operator } of members(log.states.at(-1)!)) {
    if (operator !== "paused") continue
    log.write([{ type: "CredentialResumed", v: 1, credential: id, data: {} }], newId() as never, stage.wallClock())
  }
}

const settle = (world: World, slot: Slot): "works" | "dead" | "waits" => {
  const { actors, checks, server, stage, variant } = world
  for (let round = 0; round < rounds && checks.breaches.length === 0; round++) {
    if (!slot.owned) ownerRefreshes(world, slot)
    const actor = variant.chances.oneOf(actors)
    const ending = outcome(world, actor, slot)
    if (checks.breaches.length > 0) return "waits"
    if (ending.token !== undefined && server.accepts(Redacted.value(ending.token.token), stage.now)) return "works"
    if (ending.error !== undefined && isOver(ending.error)) {
      if (!lacksRefreshToken(ending.error)) deathIsTrue(world, slot)
      checks.attemptsHaveEnded(slot.name)
      return "dead"
    }
    if (round >= 3 && (holdsAnother(slot) || isNowhere(world, slot))) break
    stage.pass(4_200_000)
  }
  if (checks.breaches.length > 0 || holdsAnother(slot)) return "waits"
  if (isNowhere(world, slot)) deathIsTrue(world, slot)
  else checks.found(`I10: ${slot.name} has no token and no death after days of quiet`)
  return "waits"
}

const outcome = (world: World, actor: Actor, slot: Slot): Ending => {
  let ending: Ending | undefined
  const { stage } = world
  world.checks.onEnding = (one) => (ending = one)
  actor.run({ _tag: "use", credential: slot.name })
  runDown(world)
  if (ending === undefined) {
    world.checks.found(`I10: an errand of ${actor.process.name} does not end`)
    return { errand: { _tag: "use", credential: slot.name }, error: new Cause.TimeoutError() }
  }
  stage.say(`  ${slot.name}: ${ending.error === undefined ? "a token" : messageOf(ending.error).split("\n")[0]}`)
  return ending
}

const isOver = (error: unknown): boolean => error instanceof RefreshError && error.reason._tag === "Terminal"

/** The pair that counts came without one; what it displaced is past. */
const lacksRefreshToken = (error: unknown): boolean =>
  error instanceof RefreshError && error.reason._tag === "Terminal" && error.reason.reason === "MissingRefreshToken"

/** The owner of a borrowed login keeps it fresh. */
const ownerRefreshes = ({ server, shelf, stage }: World, slot: Slot): void => {
  const token = revealed(slot.tokens.seen.refresh)
  const pair =
    token !== undefined && server.isAlive(token)
      ? (server.present(token, stage.now, { by: "owner", ours: false, attempt: undefined }),
        server.journal.at(-1)?.issued)
      : undefined
  const next = pair ?? server.logIn(slot.name, slot.account, stage.now)
  shelf.see(slot.tokens, tokensOf(next))
  shelf.sync(slot.tokens)
}

/**
 * No token that would still work, of the login that counts or a later one, may be where the protocol looks. Which one is
 * later is told by what programs know of their ends.
 */
const deathIsTrue = ({ checks, server, shelf, stage, variant }: World, slot: Slot): void => {
  if (variant.server.provider.replay._tag === "never") return
  const inStash = Array.from(shelf.stash.seen.values()).map(({ tokens }) => tokens)
  for (const tokens of [slot.tokens.seen, ...inStash]) {
    const token = revealed(tokens.refresh)
    if (token === undefined || !server.isAlive(token)) continue
    const { account, expiresAt, family } = server.pairOf(token)!
    if (server.families[family]!.slot !== slot.name || account !== slot.account) continue
    const current = checks.currentOf(slot.name)
    if (current === undefined || family < current.pair.family) continue
    if ((tokens.expiresAt ?? expiresAt) < current.expiresAt) continue
    stage.say(`  alive: ${token.split(`${marker}-`)[1]}`)
    checks.found(`I10: ${slot.name} is called dead, and its token is on disk and alive`)
  }
}

/** Other programs overwrote the tokens that count, and no copy is anywhere: a person has to log in again. */
const isNowhere = ({ checks, shelf }: World, { name }: Slot): boolean => {
  const token = checks.currentOf(name)?.pair.refresh
  return token === undefined || shelf.placesOf(token).every((place) => place === "quarantine")
}

const holdsAnother = (slot: Slot): boolean => {
  const { account = slot.account } = slot.tokens.seen
  return account !== slot.account
}

/** I7: whoever reads the file again, line by line, comes to the state that every actor has. */
const sameEverywhere = ({ actors, checks, log }: World): void => {
  const events = log.lines.map(({ text }, index) => {
    const previous = { seq: index as never, h: log.lines[index - 1]?.h ?? "" }
    const line = LineFormat.check(previous, text)
    if (line._tag === "Failure") checks.found(`I7: line ${index + 1} is damaged`)
    return line._tag === "Success" ? line.success.event : log.lines[index]!.event
  })
  for (const { process, view } of actors) {
    if (!process.alive) continue
    const folded = encode(fold(events.slice(0, view.seen())))
    if (folded !== encode(view.service.known())) checks.found(`I7: ${process.name} saw another state`)
  }
}
