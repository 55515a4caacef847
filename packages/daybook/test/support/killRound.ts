/**
 * One round of the kill test: a worker is killed in the middle of a refresh, another one must make the best of it,
 * and the sandbox's journal says what the best was.
 */
import type { Hold } from "@daybook/sandbox/Controls"
import type { HoldPoint } from "@daybook/sandbox/HoldPoints"
import { Effect } from "effect"
import { setTimeout as sleep } from "node:timers/promises"
import { firstToken, settle } from "./Settle.ts"
import type { Worker } from "./Worker.ts"
import type { World } from "./World.ts"

export interface Round {
  /** The server committed a rotation whose successor reached neither vault nor stash before the kill. */
  readonly lostByJournal: boolean
  /** The survivor ended with a terminal answer. */
  readonly lostBySurvivor: boolean
  /** A token that works now. */
  readonly token: string
}

/** Kills `victim` while the sandbox holds its answer at the point. */
export const killAt = async (world: World, point: HoldPoint, victim: Worker, survivor: Worker, token: string) => {
  const hold: Hold = await run(world.sandbox.hold(point, { grant: world.grant, count: 1 }))
  await untilParked(hold, victim, token)
  await victim.kill()
  await run(hold.release)
  return outcome(world, survivor, token)
}

/** On a busy machine a request's time may be up before it reaches the server; then it is asked for again. */
const untilParked = async (hold: Hold, victim: Worker, token: string): Promise<void> => {
  const parked = run(hold.parked()).then(() => true)
  for (let tries = 0; tries < 20; tries += 1) {
    if (await Promise.race([parked, settle(victim, token).then(() => false)])) return
  }
  throw new Error(`no request of ${victim.name} was held`)
}

/**
 * Kills `victim` so many milliseconds after it was asked; `together` asks the survivor at the same moment. The server
 * takes its time, before or after its commit, so that kills fall there too.
 */
export const killAfter = async (
  world: World,
  millis: number,
  victim: Worker,
  survivor: Worker,
  token: string,
  together: boolean
) => {
  const fault = { _tag: "Delay", millis: 40, commit: Math.random() < 0.5 } as const
  await run(world.sandbox.fault({ fault, grant: world.grant, times: 1 }))
  void victim.getToken(token)
  const early = together ? survivor.getToken(token) : undefined
  await sleep(millis)
  await victim.kill()
  await early
  return outcome(world, survivor, token)
}

const outcome = async (world: World, survivor: Worker, token: string): Promise<Round> => {
  const before = await lastRotation(world)
  const answer = await settle(survivor, token)
  if ("token" in answer) return { lostByJournal: before.isLost, lostBySurvivor: false, token: answer.token }
  const lostByJournal = (await rotationAfter(world, before)).isLost
  const login = await world.logIn()
  return { lostByJournal, lostBySurvivor: true, token: await firstToken(survivor, login.access_token) }
}

interface Rotation {
  readonly seq: number
  /** Its successor is nowhere on disk. */
  readonly isLost: boolean
}

const lastRotation = async (world: World): Promise<Rotation> => {
  const posts = (await run(world.sandbox.journal)).filter(({ grant }) => grant === world.grant)
  await Promise.all(
    posts.filter(({ outcome }) => outcome === "pending").map(({ seq }) => run(world.sandbox.settled(seq)))
  )
  const last = (await run(world.sandbox.journal)).findLast(({ committed, grant }) => committed && grant === world.grant)
  return {
    seq: last?.seq ?? 0,
    isLost: last?.successor != null && !(await world.isKept(last.successor))
  }
}

/** What the server read only after the kill counts too; what it had committed before is judged as it stood then. */
const rotationAfter = async (world: World, before: Rotation): Promise<Rotation> => {
  const last = await lastRotation(world)
  return last.seq === before.seq ? before : last
}

const run = Effect.runPromise
