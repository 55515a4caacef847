/**
 * What can be asked about of a credential: each field with what it says, and how it stands in a state. Two readings are
 * the same value if their `key` is; `text` is for people.
 */
import { HashMap, Option } from "effect"
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
  readonly status: CredentialStatus
  readonly now: Instant
}

interface Field {
  readonly says: string
  readonly read: (asked: Asked) => Reading
}

const reading = (text: string | undefined, ...more: ReadonlyArray<unknown>): Reading => ({
  text,
  key: JSON.stringify([text ?? null, ...more])
})

const time = (instant: Instant | undefined): string | undefined => (instant === undefined ? undefined : format(instant))

/** Two deaths of the same kind are two values, and so are two benches. */
const identity = ({ grant, status }: Asked): unknown =>
  status.word === "dead" && grant.health._tag === "Dead"
    ? grant.health.event
    : status.word === "cooling"
      ? status.until
      : status.since

const withReason = (word: string, reason: string | undefined): string =>
  reason === undefined ? word : `${word} (${reason})`

export const fields = {
  status: {
    says: "the summary word, and why it is not ok",
    read: (asked) => {
      const { credential, status } = asked
      const word = credential.removed ? "removed" : status.word
      return reading(withReason(word, credential.removed ? credential.removedBy : status.reason), identity(asked))
    }
  },
  reason: { says: "why it is not ok", read: (asked) => reading(asked.status.reason, identity(asked)) },
  until: { says: "when its bench or its wait ends", read: ({ status }) => reading(time(status.until)) },
  health: {
    says: "whether its login is alive, whatever else holds it back",
    read: ({ grant: { health } }) =>
      reading(
        withReason(health._tag.toLowerCase(), health._tag === "Dead" ? health.reason : undefined),
        health._tag === "Dead" ? health.event : health._tag === "Suspect" ? health.since : undefined
      )
  },
  current: { says: "which tokens count, and so who brought them", read: ({ grant }) => reading(tokens(grant.current)) },
  expiresAt: { says: "when its access token ends", read: ({ status }) => reading(time(status.expiresAt)) },
  label: { says: "its label", read: ({ credential }) => reading(credential.label) },
  priority: { says: "its place in the order", read: ({ credential }) => reading(String(credential.priority)) },
  operator: {
    says: "whether a person paused it",
    read: ({ credential: { keepalive, operator } }) => reading(keepalive ? `${operator}, kept alive` : operator)
  },
  cooldown: {
    says: "its own benches, those of single models included",
    read: ({ credential, now }) => reading(benches(credential, now))
  },
  quota: { says: "its quota windows", read: ({ credential, state }) => reading(windows(state, credential)) },
  store: {
    says: "where its tokens stand",
    read: ({ credential: { store } }) =>
      reading([store.kind, store.path, store.slot].filter((part) => part !== undefined).join(" "))
  },
  removed: {
    says: "whether it left the pool, and who took it out",
    read: ({ credential: { removed, removedBy } }) => reading(removed ? `yes (${removedBy ?? "unknown"})` : "no")
  }
} satisfies { readonly [name: string]: Field }

export type FieldName = keyof typeof fields

export const isField = (name: string): name is FieldName => Object.hasOwn(fields, name)

export const fieldNames: ReadonlyArray<FieldName> = Object.keys(fields).filter(isField)

/** How the field stands; nothing before the credential was enrolled. */
export const readField = (state: PoolState, id: CredentialId, name: FieldName, now: Instant): Reading | undefined => {
  const credential = Option.getOrUndefined(HashMap.get(state.credentials, id))
  if (credential === undefined) return undefined
  const grant = grantById(state, credential.grant)
  const field: Field = fields[name]
  return field.read({ state, credential, grant, status: credentialStatus(state, credential, now), now })
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

const windows = (state: PoolState, credential: Credential): string | undefined => {
  const all = quotaOf(state, credential)
  return all.length === 0
    ? undefined
    : all.map(({ name, resetsAt, usedPercent }) => `${name} ${usedPercent} %${until(resetsAt)}`).join("; ")
}

const until = (instant: Instant | undefined): string => (instant === undefined ? "" : ` until ${format(instant)}`)
