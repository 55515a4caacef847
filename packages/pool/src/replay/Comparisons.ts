/**
 * Decisions whose input is recorded with them: that what was found is newer than what was held, and that nothing was
 * available. Made again, they say the same or something else.
 */
import { compareFound } from "../decisions/CompareFound.ts"
import type { EventOf } from "../Event.ts"
import { isSame, refOf } from "../Generation.ts"
import { grantById, members, type PoolState } from "../PoolState.ts"
import { obstacleOf, obstacleWords } from "../queries/Obstacle.ts"
import type { Envelope } from "../Recorded.ts"
import type { Act } from "./Act.ts"
import { isFoundInStore } from "./Arrival.ts"
import type { FieldDifference } from "./Difference.ts"

/** How a comparison comes out otherwise; undefined if there is none in this act, or none that can be judged. */
export const comparisons = (states: ReadonlyArray<PoolState>, act: Act): ReadonlyArray<FieldDifference> | undefined => {
  const last = act.find(({ type }) => type === "RaceAdopted") ?? act[0]
  const [state] = states
  if (state === undefined) return undefined
  if (last.type === "RaceAdopted") return isFoundInStore(last.data) ? standing(state, last) : winner(state, last)
  return last.type === "SelectionExhausted" ? obstacles(states, last) : undefined
}

const standing = (state: PoolState, { data }: EventOf<"RaceAdopted">): ReadonlyArray<FieldDifference> => {
  const now = compareFound(grantById(state, data.grant), data.found)
  return now === "newer" ? [] : [{ field: "standing", recorded: "newer", now }]
}

/** Another actor had moved the grant on: what it brought is what counted. */
const winner = (state: PoolState, { data }: EventOf<"RaceAdopted">): ReadonlyArray<FieldDifference> | undefined => {
  const { current } = grantById(state, data.grant)
  if (data.winner.actor === undefined || data.fallback === true) return undefined
  if (current !== undefined && isSame(current, data.found)) return []
  return [{ field: "found", recorded: refOf(data.found), now: current && refOf(current) }]
}

type Exhausted = Envelope & EventOf<"SelectionExhausted">

/** A selection may have been made on an older state; undefined if what it met was no obstacle that a state tells. */
const obstacles = (states: ReadonlyArray<PoolState>, event: Exhausted): ReadonlyArray<FieldDifference> | undefined => {
  const told = event.data.passed.map(({ why }, place) => ({ why, place })).filter(({ why }) => known.test(why))
  if (told.length === 0) return undefined
  const found = states.map((state) => {
    const words = wordsIn(state, event)
    return told
      .filter(({ place, why }) => words[place] !== why)
      .map(({ place, why }) => ({ field: `passed[${place}].why`, recorded: why, now: words[place] }))
  })
  return found.find((differences) => differences.length === 0) ?? found[0]
}

/** How an obstacle begins in words; the other reasons are refreshes that failed, and what a caller wanted. */
const known = /^(paused|dead|cooling|the same account as)\b/

const wordsIn = (state: PoolState, { at, data }: Exhausted): ReadonlyArray<string | undefined> =>
  data.passed.map(({ credential }) => {
    const member = members(state).find(({ id }) => id === credential)
    const obstacle = member && obstacleOf(state, member, at, data.model)
    return obstacle && obstacleWords(obstacle)
  })
