/**
 * That nothing is available for a provider is said once, and again only when the reasons are others: callers may ask a
 * thousand times a second.
 */
import { Equal } from "effect"
import { type Exhausted, type PoolState, providerById } from "../PoolState.ts"
import type { Draft } from "../Recorded.ts"

export const sayExhausted = (state: PoolState, found: Exhausted): ReadonlyArray<Draft> => {
  const last = providerById(state, found.provider).exhausted?.find(({ model }) => model === found.model)
  return last !== undefined && Equal.equals(last, found) ? [] : [{ type: "SelectionExhausted", v: 1, data: found }]
}
