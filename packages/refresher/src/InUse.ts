/**
 * What an operator said of a credential, asked again wherever something is about to be sent or served: a pause holds
 * from the moment it is in the ledger, also for what was under way before.
 */
import type { Trigger } from "@daybook/pool/events/RefreshEvents"
import type { CredentialId } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import type { RefreshError } from "@daybook/pool/RefreshError"
import { Effect, HashMap, Option } from "effect"
import { type Subject, transient } from "./Target.ts"

/** A paused credential is still refreshed to keep it alive, if it was paused so. */
export const whyNotInUse = (
  state: PoolState,
  id: CredentialId,
  trigger?: Trigger
): "Paused" | "Removed" | undefined => {
  const credential = Option.getOrUndefined(HashMap.get(state.credentials, id))
  if (credential?.removed === true) return "Removed"
  const keptAlive = credential?.keepalive === true && trigger === "keepalive"
  return credential?.operator === "paused" && !keptAlive ? "Paused" : undefined
}

/** Fails for a credential that is out of use. Without a trigger it is about serving its token. */
export const inUse = (state: PoolState, subject: Subject, trigger?: Trigger): Effect.Effect<void, RefreshError> => {
  const why = whyNotInUse(state, subject.id, trigger)
  return why === undefined ? Effect.void : Effect.fail(transient(subject, why, words[why](subject.id)))
}

const words = {
  Paused: (id: CredentialId) => `an operator paused it; resume it first (\`daybook resume ${id}\`)`,
  Removed: (id: CredentialId) => `an operator removed it; \`daybook enrol --again ${id}\` brings it back`
}
