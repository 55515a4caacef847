/**
 * Makes a world's moves: which step goes next, how much time passes, who is asked for what, and what goes wrong. Every
 * choice is the seed's.
 */
import type { Actor, Errand } from "./Actor.ts"
import { act, type Deed } from "./Outsider.ts"
import type { Process, Stage, Waiting } from "./Stage.ts"
import type { Rates } from "./Variant.ts"
import type { World } from "./World.ts"

/** One seed's moves, until its world is to go quiet. */
export const drive = (world: World): void => {
  const { checks, network, variant } = world
  network.weather = variant.weather
  let last: Process | undefined
  for (let move = 0; move < variant.moves && checks.breaches.length === 0; move++) {
    last = nextMove(world, last)
    checks.look()
  }
}

const nextMove = (world: World, last: Process | undefined): Process | undefined => {
  const mishap = mishapOf(world)
  if (mishap !== undefined) {
    mishap(world)
    return last
  }
  const { stage, variant } = world
  const { chances } = variant
  const idle = idleActors(world)
  const ready = stage.ready()
  const onward = ready.filter(({ owner }) => owner === last)
  if (onward.length > 0 && chances.next() < variant.stickiness) return release(world, chances.oneOf(onward))
  if (idle.length > 0 && chances.next() < (ready.length === 0 ? 0.6 : 0.12)) {
    beginErrand(world, chances.oneOf(idle))
    return last
  }
  if (ready.length > 0) return release(world, chances.oneOf(ready))
  letTimePass(world)
  return undefined
}

const release = ({ stage, variant }: World, entry: Waiting): Process => {
  stage.release(entry)
  stage.pass(Math.floor(variant.chances.next() * 4))
  return entry.owner
}

/** Actors that may begin another errand: two at once, to see them share a flight. */
const idleActors = ({ actors }: World): ReadonlyArray<Actor> =>
  actors.filter(({ busy, process }) => process.alive && busy < 2)

/** Those that bring a request about are the most. */
const errands: ReadonlyArray<Errand["_tag"]> = [
  ...(["ask", "use", "use", "use", "refresh", "lapse", "stock", "save", "status"] as const),
  ...(["force", "force", "force", "force", "force", "force"] as const),
  ...(["limited", "revoked"] as const)
]

const seldom: ReadonlySet<Errand["_tag"]> = new Set(["limited", "revoked"])

const beginErrand = ({ shelf, stage, variant }: World, actor: Actor): void => {
  const { chances } = variant
  const tag = chances.oneOf(errands)
  if (seldom.has(tag) && chances.next() < 0.7) return
  if (tag === "status") return lookOn(stage, actor)
  if (tag === "stock" || tag === "save") return actor.run({ _tag: tag })
  if (chances.next() < 0.15) stage.pass(Math.floor(chances.next() * 4_000_000))
  actor.run({ _tag: tag, credential: chances.oneOf(shelf.slots).name })
}

/** A status is looked at alone, to see that it writes nothing. */
const lookOn = (stage: Stage, actor: Actor): void => {
  if (actor.busy > 0 || stage.parked(actor.process).length > 0) return
  actor.run({ _tag: "status" })
  for (let [next] = stage.parked(actor.process); next !== undefined; [next] = stage.parked(actor.process)) {
    stage.release(next)
  }
}

/** To the next timer, if anybody waits; else by minutes or hours. */
const letTimePass = ({ stage, variant }: World): void => {
  const { chances } = variant
  const next = stage.nextTimer()
  const millis =
    next !== undefined && chances.next() < 0.9
      ? Math.max(0, next - stage.now)
      : Math.floor(chances.next() * chances.oneOf([2_000, 100_000, 5_000_000]))
  stage.pass(millis)
  stage.say(`${millis} ms pass`)
}

type Mishap = (world: World) => void

const mishapOf = (world: World): Mishap | undefined => {
  const { chances, rates } = world.variant
  let roll = chances.next() * 100
  for (const name of Object.keys(mishaps) as ReadonlyArray<keyof Rates>) {
    roll -= rates[name]
    if (roll < 0) return mishaps[name]
  }
  return undefined
}

const living = ({ actors }: World): ReadonlyArray<Actor> => actors.filter(({ process }) => process.alive)

const die = ({ shelf, stage }: World, process: Process): void => {
  stage.kill(process)
  shelf.free(process)
}

/** The place of one whose answer would be lost; else of any. */
const whoseRequestIsUnderWay = ({ actors, network, variant }: World): number => {
  const senders = new Set(network.underWay().map(({ by }) => by))
  const found = actors.findIndex(({ process }) => process.alive && senders.has(process))
  return found < 0 ? Math.floor(variant.chances.next() * actors.length) : found
}

/** The dead come back sooner or later. */
const crash: Mishap = (world) => {
  const { actors, stage, variant } = world
  const { chances } = variant
  const which = chances.next() < 0.5 ? whoseRequestIsUnderWay(world) : Math.floor(chances.next() * actors.length)
  const actor = actors[which]!
  if (actor.process.alive) {
    stage.say(`${actor.process.name} dies${before(world, actor.process)}`)
    die(world, actor.process)
    if (chances.next() < 0.5) return
  }
  actors[which] = world.startActor()
  stage.say(`${actors[which].process.name} starts`)
}

const before = ({ stage }: World, process: Process): string => {
  const [next] = stage.parked(process)
  return next === undefined ? "" : ` before "${next.label}"`
}

const powerCut: Mishap = (world) => {
  const { actors, checks, log, outsiders, shelf, stage, variant } = world
  stage.say("the power is cut")
  for (const { process } of actors) die(world, process)
  for (const outsider of outsiders) {
    die(world, outsider.process)
    outsider.process = { name: outsider.process.name, alive: true }
    outsider.busy = false
  }
  shelf.cutPower()
  log.cut(variant.chances.next())
  checks.rewind()
  actors.splice(0, actors.length, ...actors.map(() => world.startActor()))
}

const deeds: ReadonlyArray<Deed> = [
  "writes an old pair",
  "writes an old pair",
  "writes a blank",
  "loses a field",
  "logs in",
  "logs in",
  "refreshes",
  "refreshes",
  "logs in as another"
]

const outsider: Mishap = (world) => {
  const { chances } = world.variant
  const free = world.outsiders.filter(({ busy }) => !busy)
  if (free.length === 0) return
  const slot = chances.oneOf(world.shelf.slots)
  const deed = chances.oneOf(deeds)
  if (deed === "logs in as another" && chances.next() < 0.7) return
  act(surroundings(world), chances.oneOf(free), slot, deed, chances.next() < 0.5)
}

export const surroundings = ({ past, server, shelf, stage, variant: { chances } }: World) => ({
  stage,
  shelf,
  server,
  chances,
  past
})

const diskFault: Mishap = (world) => {
  const { chances } = world.variant
  const all = living(world)
  if (all.length === 0) return
  const { disk, process } = chances.oneOf(all)
  if (chances.next() < 0.5) disk.ledgerFails = chances.oneOf(["write", "sync"])
  else
    disk.storeFails = chances.oneOf([
      "store",
      "stash",
      "read",
      "reserve",
      "clear",
      "quarantine",
      "find",
      "list",
      "unstash"
    ])
  world.stage.say(`a disk fails ${process.name} next: ${disk.ledgerFails ?? disk.storeFails}`)
}

/** As when another machine's lease ran out, or the lock file was replaced. */
const lockLoss: Mishap = ({ shelf, stage, variant }) => {
  const held = shelf.slots.filter(({ lock }) => lock.holder !== undefined)
  if (held.length === 0) return
  const { lock, name } = variant.chances.oneOf(held)
  stage.say(`${lock.holder?.name} loses the lock of ${name} and does not know`)
  lock.holder = undefined
}

const clockJump: Mishap = ({ checks, stage, variant: { chances } }) => {
  stage.clockError += Math.floor((chances.next() - 0.5) * chances.oneOf([2_000, 60_000, 7_200_000]))
  checks.clockMoved = true
  stage.say(`the clock is wrong by ${stage.clockError} ms now`)
}

const stall: Mishap = ({ stage, variant: { chances } }) => {
  const millis = Math.floor(chances.next() * 12_000)
  stage.pass(millis)
  stage.say(`everything stalls for ${millis} ms`)
}

const revocation: Mishap = ({ server, stage, variant: { chances } }) => {
  const family = Math.floor(chances.next() * server.families.length)
  if (chances.next() < 0.5) server.revoke(family)
  else for (const { access } of server.families[family]!.pairs) server.refusedAccess.add(access)
  stage.say(`the server turns against family ${family}`)
}

/** By a command of one of the programs. */
const operator: Mishap = (world) => {
  const { chances } = world.variant
  const idle = idleActors(world)
  if (idle.length === 0) return
  const tag = chances.oneOf(["pause", "resume", "resume", "revive", "revive", "remove"] as const)
  if (tag === "remove" && chances.next() < 0.8) return
  chances.oneOf(idle).run({ _tag: tag, credential: chances.oneOf(world.shelf.slots).name })
}

const mishaps: { readonly [Name in keyof Rates]: Mishap } = {
  crash,
  powerCut,
  outsider,
  diskFault,
  lockLoss,
  clockJump,
  stall,
  revocation,
  operator
}
