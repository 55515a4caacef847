/** Events to append: a refresh event, which moves its grant's version, and some that move nothing. */
import { AttemptId, CredentialId, GrantId, Seq } from "@daybook/pool/Ids"
import type { Draft } from "@daybook/pool/Recorded"
import { randomUUID } from "node:crypto"

export const credential = CredentialId.make("codex-1")

export const newGrant = (): GrantId => GrantId.make(randomUUID())

export const seq = (place: number): Seq => Seq.make(place)

/** Durable; moves the version of its grant. */
export const refreshStarted = (grant: GrantId): Draft => ({
  type: "RefreshStarted",
  v: 1,
  credential,
  data: { grant, attempt: AttemptId.make(randomUUID()), generation: {}, trigger: "expired", timeLimit: 20_000 }
})

/** Durable; moves no version. */
export const relabelled = (label: string): Draft => ({
  type: "CredentialRelabelled",
  v: 1,
  credential,
  data: { label }
})

/** Not durable; moves no version. */
export const cooldownCleared: Draft = { type: "CooldownCleared", v: 1, credential, data: { by: "probe" } }
