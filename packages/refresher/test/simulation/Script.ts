/**
 * A world in which a test, and no seed, decides what happens next: one login, actors that it takes from step to step.
 */
import type { EventType } from "@daybook/pool/Event"
import type { Actor } from "./Actor.ts"
import { providerOf, type Reuse } from "./Server.ts"
import { variantOf } from "./Variant.ts"
import { make, type World } from "./World.ts"

/** One login `c1`, and nothing goes wrong by itself. Every look at the ledger is a step. */
export const worldWith = (actors: number, reuse: Reuse): World => {
  const variant = variantOf(1)
  const server = { ...variant.server, reuse, provider: providerOf(reuse, 0, true) }
  return make({ ...variant, actors, owned: 1, borrowed: 0, shared: false, fineness: 1, server })
}

/** Steps of this actor, up to one with this label, which is not taken. */
export const takeTo = ({ stage }: World, { process }: Actor, label: string): void => {
  for (let [next] = stage.parked(process); next !== undefined; [next] = stage.parked(process)) {
    if (next.label.startsWith(label)) return
    stage.release(next)
  }
  throw new Error(`${process.name} never comes to "${label}"`)
}

/** Its next step. */
export const takeOne = ({ stage }: World, { process }: Actor): void => {
  const [next] = stage.parked(process)
  if (next !== undefined) stage.release(next)
}

/** Whatever can go on goes on, until nobody has an errand left. */
export const finish = (world: World): void => {
  goOnUntil(world, () => !world.actors.some(({ busy, process }) => process.alive && busy > 0))
}

/** Whatever can go on goes on, until there is an event of the type. */
export const finishUpTo = (world: World, type: EventType): void => {
  goOnUntil(world, () => typesIn(world).includes(type))
}

const goOnUntil = ({ stage }: World, isDone: () => boolean): void => {
  while (!isDone()) {
    const [next] = stage.ready()
    if (next === undefined) stage.pass(100)
    else stage.release(next)
  }
}

export const die = ({ shelf, stage }: World, { process }: Actor): void => {
  stage.kill(process)
  shelf.free(process)
}

export const typesIn = ({ log }: World): ReadonlyArray<EventType | "Unknown"> => log.events().map(({ type }) => type)
