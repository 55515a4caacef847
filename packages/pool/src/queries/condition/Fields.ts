/**
 * What a condition may ask of a credential, and of the pool: each field with its kind, so that a comparison which can
 * never hold is refused before anything is searched. Read at the time of the state's last event, and of nothing else.
 */
import { Option } from "effect"
import * as HashMap from "effect/HashMap"
import type { CredentialId } from "../../Ids.ts"
import { type Credential, type Grant, grantById, type PoolState } from "../../PoolState.ts"
import { bindingCooldown, quotaOf } from "../Account.ts"
import { credentialStatus, type CredentialStatus } from "../Status.ts"

/** Times are numbers of milliseconds; nothing is what a field without a value has. */
export type Value = string | number | boolean | undefined

export type Kind =
  /** One of a few words. */
  | { readonly _tag: "Word"; readonly words: ReadonlyArray<string> }
  | { readonly _tag: "Number" }
  | { readonly _tag: "Time" }
  | { readonly _tag: "Flag" }
  | { readonly _tag: "Text" }
  /** Equal to whatever it begins with. */
  | { readonly _tag: "Fingerprint" }

interface Asked {
  readonly state: PoolState
  readonly credential: Credential
  readonly grant: Grant
  readonly status: CredentialStatus
}

export interface Field {
  readonly says: string
  readonly kind: Kind
  readonly read: (asked: Asked) => Value
}

export interface PoolField {
  readonly says: string
  readonly kind: Kind
  readonly read: (state: PoolState) => Value
}

const word = (...words: ReadonlyArray<string>): Kind => ({ _tag: "Word", words })
const [number, time, flag, text]: readonly [Kind, Kind, Kind, Kind] = [
  { _tag: "Number" },
  { _tag: "Time" },
  { _tag: "Flag" },
  { _tag: "Text" }
]

export const fields: Readonly<Record<string, Field>> = {
  status: {
    says: "its summary word",
    kind: word("ok", "cooling", "suspect", "dead", "paused", "removed"),
    read: ({ credential, status }) => (credential.removed ? "removed" : status.word)
  },
  reason: { says: "why it is not ok", kind: text, read: ({ status }) => status.reason },
  until: { says: "when its bench or its wait ends", kind: time, read: ({ status }) => status.until },
  health: {
    says: "whether its login is alive, whatever else holds it back",
    kind: word("live", "suspect", "dead"),
    read: ({ grant }) => grant.health._tag.toLowerCase()
  },
  current: {
    says: "its refresh token, or its access token if it has no other, by the beginning of the fingerprint",
    kind: { _tag: "Fingerprint" },
    read: ({ grant }) => grant.current?.refresh ?? grant.current?.access
  },
  expiresAt: { says: "when its access token ends", kind: time, read: ({ status }) => status.expiresAt },
  deadline: { says: "when its whole login ends", kind: time, read: ({ status }) => status.deadline },
  label: { says: "its label", kind: text, read: ({ credential }) => credential.label },
  priority: { says: "its place in the order", kind: number, read: ({ credential }) => credential.priority },
  operator: {
    says: "whether a person paused it",
    kind: word("enabled", "paused"),
    read: ({ credential }) => credential.operator
  },
  cooldown: {
    says: "why it is benched, for all models, as long as it is",
    kind: text,
    read: ({ credential, state }) =>
      bindingCooldown({ ...credential, modelCooldowns: HashMap.empty() }, state.latest)?.reason
  },
  quota: {
    says: "percent used of the quota window that is used most",
    kind: number,
    read: ({ credential, state }) => most(quotaOf(state, credential).map(({ usedPercent }) => usedPercent))
  },
  store: {
    says: "kind of the store that its tokens stand in",
    kind: text,
    read: ({ credential }) => credential.store.kind
  },
  removed: { says: "whether it left the pool", kind: flag, read: ({ credential }) => credential.removed },
  provider: { says: "its provider", kind: text, read: ({ credential }) => credential.provider },
  kind: { says: "what it is", kind: word("oauth", "apiKey"), read: ({ credential }) => credential.kind },
  ownership: { says: "whose it is", kind: word("owned", "borrowed"), read: ({ credential }) => credential.ownership },
  refreshing: { says: "whether a refresh is under way", kind: flag, read: ({ status }) => status.refreshing },
  generations: {
    says: "how many generations its grant has had, 64 at most",
    kind: number,
    read: ({ grant }) => grant.lineage.length
  },
  failures: { says: "failed refreshes in a row", kind: number, read: ({ grant }) => grant.backoff?.failures ?? 0 },
  strikes: {
    says: "minutes with an answer that nobody knows",
    kind: number,
    read: ({ grant }) => grant.strikes.length
  },
  accepted: {
    says: "calls of the model API that were accepted",
    kind: number,
    read: ({ credential }) => credential.accepted
  },
  refused: {
    says: "calls of the model API that were refused",
    kind: number,
    read: ({ credential }) => credential.refused
  }
}

export const poolFields: Readonly<Record<string, PoolField>> = {
  head: { says: "number of the last event", kind: number, read: ({ head }) => head },
  at: { says: "time of the last event", kind: time, read: ({ latest }) => latest },
  unknown: { says: "events of a newer version", kind: number, read: ({ unknown }) => unknown }
}

/** Nothing before the credential was enrolled. */
export const readField = (state: PoolState, id: CredentialId, { read }: Field): Value => {
  const credential = Option.getOrUndefined(HashMap.get(state.credentials, id))
  return credential === undefined ? undefined : readOf(state, credential, read)
}

const readOf = (state: PoolState, credential: Credential, read: Field["read"]): Value =>
  read({
    state,
    credential,
    grant: grantById(state, credential.grant),
    status: credentialStatus(state, credential, state.latest)
  })

const most = (numbers: ReadonlyArray<number>): number | undefined =>
  numbers.length === 0 ? undefined : Math.max(...numbers)
