/**
 * Ways to kill one of a crew while all of it wants another token.
 */
import type { Hold } from "@daybook/sandbox/Controls"
import { HoldPoint } from "@daybook/sandbox/HoldPoints"
import { Effect } from "effect"
import { setTimeout as sleep } from "node:timers/promises"
import type { WorkerAnswer } from "./Commands.ts"
import type { Crew } from "./Crew.ts"
import { isTerminal, untilWorthAsking } from "./Settle.ts"
import { type Step, steps } from "./Steps.ts"
import type { Worker } from "./Worker.ts"

export interface Killed {
  /** Of those who live. */
  readonly answers: ReadonlyArray<WorkerAnswer>
  /** Whether the kill was where it was to be. On a busy machine a request's time may be up before it comes there. */
  readonly there: boolean
}

export type Kill = (crew: Crew, token: string) => Promise<Killed>

/** The first of them stops at a step of its own, and is killed there while the others wait. */
const atStep =
  (step: Step): Kill =>
  async (crew, token) => {
    const victim = crew.one
    if (step === "before the verdict") await run(crew.world.sandbox.revoke({ grant: crew.world.grant }))
    const there = await isStopped(victim, step, token)
    const [answers] = await Promise.all([Promise.all(crew.ask(token, victim)), crew.kill(victim)])
    return { answers, there }
  }

const isStopped = async (victim: Worker, step: Step, token: string): Promise<boolean> => {
  for (let tries = 0; tries < 20; tries += 1) {
    const answer = await victim.stopAt(step, token)
    if ("stoppedAt" in answer) return true
    if ("token" in answer || isTerminal(answer)) break
    await untilWorthAsking(answer)
  }
  return false
}

/** Whoever's request the server holds is killed; the others hear of it by themselves. */
const atHold =
  (point: HoldPoint): Kill =>
  async (crew, token) => {
    const hold = await run(crew.world.sandbox.hold(point, { grant: crew.world.grant, count: 1 }))
    const names = crew.workers.map(({ name }) => name)
    const asked = crew.ask(token)
    const victim = await Promise.race([nameOfHeld(hold), Promise.all(asked).then(() => undefined)])
    if (victim !== undefined) await crew.named(victim).kill()
    await run(hold.release)
    const [answers] = await Promise.all([
      Promise.all(asked.filter((_, index) => names[index] !== victim)),
      victim === undefined ? undefined : crew.enter(victim)
    ])
    return { answers, there: victim !== undefined }
  }

const nameOfHeld = async (hold: Hold): Promise<string | undefined> => (await run(hold.parked()))[0]?.client ?? undefined

/** The server takes its time, before or after its commit, so that some kills fall there. */
const atAnyMoment: Kill = async (crew, token) => {
  const fault = { _tag: "Delay", millis: 40, commit: Math.random() < 0.5 } as const
  await run(crew.world.sandbox.fault({ fault, grant: crew.world.grant, times: 1 }))
  const victim = crew.one
  void victim.getToken(token)
  const together = Math.random() < 0.5 ? crew.ask(token, victim) : undefined
  await sleep(Math.random() * 160)
  const asked = together ?? crew.ask(token, victim)
  const [answers] = await Promise.all([Promise.all(asked), crew.kill(victim)])
  return { answers, there: true }
}

const run = Effect.runPromise

/** What became of the login of a rotation. */
export type Fate = "kept" | "lost" | "revoked"

export interface KillPlan {
  readonly where: string
  readonly kill: Kill
  /** What must become of the login, if that is known beforehand. */
  readonly fate?: Fate
}

const fateAt: { readonly [At in Step | HoldPoint]?: Fate } = {
  "after the answer": "lost",
  "after the stash": "kept",
  "after the store": "kept",
  "after the success": "kept",
  "before the verdict": "revoked",
  afterCommit: "lost",
  afterHeaders: "lost",
  midBody: "lost"
}

const plan = (at: Step | HoldPoint, where: string, kill: Kill): KillPlan => {
  const fate = fateAt[at]
  return { where, kill, ...(fate && { fate }) }
}

const named: ReadonlyArray<KillPlan> = [
  ...steps.map((step) => plan(step, step, atStep(step))),
  ...HoldPoint.literals.map((point) => plan(point, `${point} at the server`, atHold(point)))
]

/** After each three at a named point there is one at any moment. */
export const kills: ReadonlyArray<KillPlan> = named.flatMap((each, index) =>
  index % 3 === 2 ? [each, { where: "at any moment", kill: atAnyMoment }] : [each]
)
