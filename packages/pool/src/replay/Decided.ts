/** What a decision comes to when it is made again, and what it is made from. */
import type { Instant } from "../Instant.ts"
import type { Policy } from "../Policy.ts"
import type { Draft } from "../Recorded.ts"
import type { Rules } from "./Rules.ts"

/** What a decision depends on that no event says outright: when it was made, and where in a random range it fell. */
export interface Luck {
  readonly now: Instant
  /** In [0, 1). */
  readonly chance: number
}

export interface Setting extends Luck {
  readonly policy: Policy
  readonly rules: Rules
}

export type Decided =
  /** What is decided before the observation's event, and after it. */
  | { readonly _tag: "Decided"; readonly before: ReadonlyArray<Draft>; readonly after: ReadonlyArray<Draft> }
  /** It depends on what the ledger does not say. */
  | { readonly _tag: "NotJudged"; readonly why: WhyNotJudged }
  /** Nothing is decided here. */
  | { readonly _tag: "NoDecision" }

export type WhyNotJudged =
  | "an operator decided"
  | "it depends on what a store held"
  | "it depends on who asked"
  | "the rules of its provider are not here"
  | "its observation is not in the ledger"

export const unseen = "its observation is not in the ledger"

export const notJudged = (why: WhyNotJudged): Decided => ({ _tag: "NotJudged", why })

export const decided = (after: ReadonlyArray<Draft>, before: ReadonlyArray<Draft> = []): Decided => ({
  _tag: "Decided",
  before,
  after
})
