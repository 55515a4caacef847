/**
 * What to look for in older events, if those of the newest generations do not show what set a field: a pause, a bench or a
 * label may be older than any of them. A grant's own state never is.
 */
import type { EventType } from "../../Event.ts"
import type { CredentialId } from "../../Ids.ts"
import type { Instant } from "../../Instant.ts"
import type { Credential, PoolState } from "../../PoolState.ts"
import { onAccountOf } from "../Account.ts"
import { credentialStatus } from "../Status.ts"
import { type FieldName, settersOf } from "./Fields.ts"

export interface Older {
  readonly credential: CredentialId
  readonly field: FieldName
  /** Only these set it. */
  readonly types: ReadonlyArray<EventType>
}

export const olderOf = (
  state: PoolState,
  credential: Credential,
  field: FieldName,
  now: Instant
): Older | undefined => {
  const [of, wanted] = whatSets(state, credential, field, now)
  const types = settersOf(wanted)
  return types === undefined ? undefined : { credential: of, field: wanted, types }
}

const whatSets = (
  state: PoolState,
  credential: Credential,
  field: FieldName,
  now: Instant
): readonly [CredentialId, FieldName] => {
  const { id } = credential
  switch (field) {
    case "status":
    case "reason":
    case "until": {
      if (credential.removed) return [id, "removed"]
      const { sameAccountAs, word } = credentialStatus(state, credential, now)
      if (word === "paused") return [id, "operator"]
      return word === "cooling" ? [sameAccountAs ?? id, "cooldown"] : [id, field]
    }
    case "quota":
      return [quotaHolder(state, credential).id, field]
    default:
      return [id, field]
  }
}

/** Of its account, the one whose windows were said last. */
const quotaHolder = (state: PoolState, credential: Credential): Credential =>
  onAccountOf(state, credential).reduce((newest, other) =>
    (other.quotaAt ?? -Infinity) > (newest.quotaAt ?? -Infinity) ? other : newest
  )
