/** What new tokens for a grant end: a quarantine, and benches. */
import { endedByLogin } from "../decisions/Bench.ts"
import type { EventOf } from "../Event.ts"
import type { Generation } from "../Generation.ts"
import type { CredentialId, GrantId } from "../Ids.ts"
import { grantById, type PoolState } from "../PoolState.ts"
import type { Draft, Envelope } from "../Recorded.ts"
import type { Act, Known } from "./Act.ts"
import { credentialIn } from "./CredentialIn.ts"
import { type Decided, decided, notJudged, type Setting, unseen } from "./Decided.ts"

/** How a bench ends with a login, and a quarantine with what follows it. */
export const afterArrival = (state: PoolState, act: Act, { now }: Setting): Decided => {
  const arrival = act.find(isArrival)
  if (arrival === undefined) return notJudged(unseen)
  const { grant: id } = arrival.data
  const found = arrival.type === "RaceAdopted" ? arrival.data.found : arrival.data.generation
  const isFromStore = arrival.type === "GenerationObserved" || isFoundInStore(arrival.data)
  const grant = grantById(state, id)
  if (!isFromStore) return notJudged("it depends on what a store held")
  if (grant.current === undefined) return { _tag: "NoDecision" }
  const benches = isRead(state, arrival) ? [] : endedByLogin(state, grant, found, now)
  return decided(benches, liftings(state, id, arrival.credential, found))
}

const isArrival = (event: Known | Act[number]): event is Arrival =>
  event.type === "GenerationObserved" || event.type === "RaceAdopted"

type Arrival = Envelope & (EventOf<"GenerationObserved"> | EventOf<"RaceAdopted">)

/** Of two that met, one put its tokens into a store before the other one wanted to refresh. */
export const isFoundInStore = ({ fallback, phase, winner }: EventOf<"RaceAdopted">["data"]): boolean =>
  winner.store !== undefined && fallback !== true && phase !== "after success"

/** A borrowed login that its owner refreshed. */
const isRead = (state: PoolState, { credential }: Arrival): boolean =>
  credentialIn(state, credential)?.ownership === "borrowed"

/** A quarantine ends when the token that it names is followed by another. */
const liftings = (
  state: PoolState,
  id: GrantId,
  credential: CredentialId | undefined,
  found: Generation
): ReadonlyArray<Draft> => {
  const { health } = grantById(state, id)
  if (health._tag !== "Dead" || health.generation[health.bound] === found[health.bound]) return []
  const data = { grant: id, generation: health.generation, by: "generation" as const }
  return [{ type: "QuarantineLifted", v: 1, ...(credential === undefined ? {} : { credential }), data }]
}
