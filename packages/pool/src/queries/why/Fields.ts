/**
 * What can be asked about of a credential: each field with what it says, and how it stands in a state. Two readings are
 * the same value if their `key` is; `text` is for people.
 */
import { HashMap, Option } from "effect"
import type { EventType } from "../../Event.ts"
import type { Generation } from "../../Generation.ts"
import type { CredentialId } from "../../Ids.ts"
import { format, type Instant } from "../../Instant.ts"
import { type Credential, type Grant, grantById, type PoolState } from "../../PoolState.ts"
import { allBenchesOf, quotaOf } from "../Account.ts"
import { credentialStatus, type CredentialStatus } from "../Status.ts"

export interface Reading {
  /** None: it has no value. */
  readonly text: string | undefined
  readonly key: string
}

interface Asked {
  readonly state: PoolState
  readonly credential: Credential
  readonly grant: Grant
  readonly now: Instant
}

interface Field {
  readonly says: string
  readonly read: (asked: Asked) => Reading
  /** The only events that set it, where they are few: what a credential has by itself, without its grant. */
  readonly setBy?: ReadonlyArray<EventType>
}

const reading = (text: string | undefined, ...more: ReadonlyArray<unknown>): Reading => ({
  text,
  key: JSON.stringify([text ?? null, ...more])
})

const statusIn = ({ credential, now, state }: Asked): CredentialStatus => credentialStatus(state, credential, now)

/** Two deaths of the same kind are two values, and so are two benches. */
const identity = ({ since, until, word }: CredentialStatus): unknown => (word === "cooling" ? until : since)

const withReason = (word: string, reason: string | undefined): string =>
  reason === undefined ? word : `${word} (${reason})`

const time = (instant: Instant | undefined): string | undefined => (instant === undefined ? undefined : format(instant))

export const fields = {
  status: {
    says: "its summary word, and why it is not ok",
    read: (asked) => {
      const { removed, removedBy } = asked.credential
      const status = statusIn(asked)
      const text = removed ? withReason("removed", removedBy) : withReason(status.word, status.reason)
      return reading(text, identity(status))
    }
  },
  reason: {
    says: "why it is not ok",
    read: (asked) => {
      const status = statusIn(asked)
      return reading(status.reason, identity(status))
    }
  },
  until: { says: "when its bench or its wait ends", read: (asked) => reading(time(statusIn(asked).until)) },
  health: {
    says: "whether its login is alive, whatever else holds it back",
    read: ({ grant: { health } }) =>
      health._tag === "Dead"
        ? reading(withReason("dead", health.reason), health.event)
        : reading(health._tag.toLowerCase(), health._tag === "Suspect" ? health.since : undefined)
  },
  current: { says: "which tokens count, and who brought them", read: ({ grant }) => reading(tokens(grant.current)) },
  expiresAt: { says: "when its access token ends", read: ({ grant }) => reading(time(grant.current?.expiresAt)) },
  label: {
    says: "its label",
    read: ({ credential }) => reading(credential.label),
    setBy: ["CredentialEnrolled", "CredentialRelabelled"]
  },
  priority: {
    says: "its place in the order",
    read: ({ credential }) => reading(String(credential.priority)),
    setBy: ["CredentialEnrolled", "CredentialPrioritised"]
  },
  operator: {
    says: "whether a person paused it",
    read: ({ credential: { keepalive, operator } }) => reading(keepalive ? `${operator}, kept alive` : operator),
    setBy: ["CredentialEnrolled", "CredentialPaused", "CredentialResumed"]
  },
  cooldown: {
    says: "its own benches, those of single models included",
    read: ({ credential, now }) => reading(benches(credential, now)),
    setBy: ["CredentialEnrolled", "CooldownStarted", "CooldownCleared"]
  },
  quota: {
    says: "the quota windows of its account",
    read: ({ credential, state }) => reading(windows(state, credential)),
    setBy: ["CredentialEnrolled", "QuotaObserved"]
  },
  store: {
    says: "where its tokens stand",
    read: ({ credential: { store } }) =>
      reading([store.kind, store.path, store.slot].filter((part) => part !== undefined).join(" ")),
    setBy: ["CredentialEnrolled"]
  },
  removed: {
    says: "whether it left the pool, and who took it out",
    read: ({ credential: { removed, removedBy } }) => reading(removed ? `yes (${removedBy ?? "unknown"})` : "no"),
    setBy: ["CredentialEnrolled", "CredentialRemoved"]
  }
} satisfies { readonly [name: string]: Field }

export type FieldName = keyof typeof fields

export const isField = (name: string): name is FieldName => Object.hasOwn(fields, name)

export const fieldNames: ReadonlyArray<FieldName> = Object.keys(fields).filter(isField)

/** The only events that set it; any may, if nothing is said. */
export const settersOf = (name: FieldName): ReadonlyArray<EventType> | undefined => {
  const field: Field = fields[name]
  return field.setBy
}

/** How the field stands; nothing before the credential was enrolled. */
export const readField = (state: PoolState, id: CredentialId, name: FieldName, now: Instant): Reading | undefined => {
  const credential = Option.getOrUndefined(HashMap.get(state.credentials, id))
  return credential === undefined
    ? undefined
    : fields[name].read({ state, credential, grant: grantById(state, credential.grant), now })
}

const tokens = (generation: Generation | undefined): string | undefined =>
  generation === undefined
    ? undefined
    : [generation.access, generation.refresh].filter((part) => part !== undefined).join(" with ") || "no tokens"

/** Those that have not ended. */
const benches = (credential: Credential, now: Instant): string | undefined =>
  allBenchesOf(credential, now)
    .map(({ model, reason, until }) => `${model === undefined ? "" : `${model}: `}${reason} until ${format(until)}`)
    .toSorted()
    .join("; ") || undefined

const windows = (state: PoolState, credential: Credential): string | undefined =>
  quotaOf(state, credential)
    .map(({ name, resetsAt, usedPercent }) => `${name} ${usedPercent} %${until(resetsAt)}`)
    .join("; ") || undefined

const until = (instant: Instant | undefined): string => (instant === undefined ? "" : ` until ${format(instant)}`)
