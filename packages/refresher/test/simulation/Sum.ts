/** What many worlds came to. */
import type { Result } from "./Simulation.ts"

export interface Sum {
  readonly worlds: number
  readonly steps: number
  readonly requests: number
  readonly rotations: number
  readonly lost: number
  /** Seeds. */
  readonly failed: ReadonlyArray<number>
}

export const nothing: Sum = { worlds: 0, steps: 0, requests: 0, rotations: 0, lost: 0, failed: [] }

export const add = (sum: Sum, { breaches, history, lost, requests, rotations, seed }: Result): Sum => ({
  worlds: sum.worlds + 1,
  steps: sum.steps + history.length,
  requests: sum.requests + requests,
  rotations: sum.rotations + rotations,
  lost: sum.lost + lost,
  failed: breaches.length === 0 ? sum.failed : [...sum.failed, seed]
})

export const inWords = ({ failed, lost, requests, rotations, steps, worlds }: Sum): string =>
  `worlds ${worlds}, steps ${steps}, requests ${requests}, rotations ${rotations}, logins lost as declared ${lost}, ` +
  `breaches ${failed.length}${failed.length === 0 ? "" : ` (seeds ${failed.slice(0, 20).join(", ")})`}`
