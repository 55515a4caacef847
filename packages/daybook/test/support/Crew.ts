/**
 * Several workers on one login. One that was killed is replaced by a new process under the same name.
 */
import type { SharedStore } from "./SharedStore.ts"
import type { WorkerAnswer } from "./Commands.ts"
import { settle } from "./Settle.ts"
import type { Worker } from "./Worker.ts"
import { quick, type World } from "./World.ts"

/** A failure that its author died over is looked into soon. */
const policy = { ...quick, classifyAfter: 300 }

export class Crew {
  readonly world: World
  readonly store: SharedStore
  private readonly members = new Map<string, Worker>()

  private constructor(world: World, store: SharedStore) {
    this.world = world
    this.store = store
  }

  static async start(world: World, store: SharedStore, names: ReadonlyArray<string>): Promise<Crew> {
    const crew = new Crew(world, store)
    await Promise.all(names.map((name) => crew.enter(name)))
    return crew
  }

  get workers(): ReadonlyArray<Worker> {
    return Array.from(this.members.values())
  }

  /** Any of them. */
  get one(): Worker {
    return this.workers[Math.floor(Math.random() * this.workers.length)]!
  }

  named(name: string): Worker {
    return this.members.get(name)!
  }

  /** All of them want another token at once. */
  ask(token: string, but?: Worker): ReadonlyArray<Promise<WorkerAnswer>> {
    return this.workers.filter((worker) => worker !== but).map((worker) => settle(worker, token))
  }

  /** Kills one of them, and puts another in its place. */
  async kill(worker: Worker): Promise<void> {
    await worker.kill()
    await this.enter(worker.name)
  }

  /** A new process under this name. */
  async enter(name: string): Promise<void> {
    this.members.set(name, await this.world.start(name, "stopping", { ...this.store.settings, policy }))
  }
}
