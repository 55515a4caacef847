/**
 * Why a credential may not be used now, as the state tells it: an operator, a death, a bench of its own or of its account.
 */
import type { CredentialId } from "../Ids.ts"
import { format, type Instant } from "../Instant.ts"
import { type Credential, grantById, type PoolState } from "../PoolState.ts"
import type { ApiVerdictName, TerminalReason } from "../Verdict.ts"
import { bindingBench, type Bench } from "./Account.ts"

export interface Paused {
  readonly _tag: "Paused"
}

export interface IsDead {
  readonly _tag: "Dead"
  readonly reason: TerminalReason
  readonly since: Instant
}

export interface Cooling {
  readonly _tag: "Cooling"
  readonly reason: ApiVerdictName
  readonly until: Instant
}

/** Benched for one model only. */
export interface ModelBenched {
  readonly _tag: "ModelBenched"
  readonly model: string
  readonly reason: ApiVerdictName
  readonly until: Instant
}

/** Another credential of its account is benched for what the account has met. */
export interface SameAccount {
  readonly _tag: "SameAccount"
  readonly as: CredentialId
  readonly model?: string
  readonly reason: ApiVerdictName
  readonly until: Instant
}

export type Obstacle = Paused | IsDead | Cooling | ModelBenched | SameAccount

export const obstacleOf = (
  state: PoolState,
  credential: Credential,
  now: Instant,
  model?: string
): Obstacle | undefined => {
  if (credential.operator === "paused") return { _tag: "Paused" }
  const { health } = grantById(state, credential.grant)
  if (health._tag === "Dead") return { _tag: "Dead", reason: health.reason, since: health.since }
  const bench = bindingBench(state, credential, now, model)
  return bench === undefined ? undefined : benchedBy(bench, credential)
}

const benchedBy = ({ model, of, reason, until }: Bench, { id }: Credential): Obstacle => {
  if (of !== id) return { _tag: "SameAccount", as: of, reason, until, ...(model === undefined ? {} : { model }) }
  return model === undefined ? { _tag: "Cooling", reason, until } : { _tag: "ModelBenched", model, reason, until }
}

/** When it ends by itself. */
export const endOf = (obstacle: Obstacle): Instant | undefined => ("until" in obstacle ? obstacle.until : undefined)

/** What is so, in a few words. */
export const obstacleWords = (obstacle: Obstacle): string => {
  switch (obstacle._tag) {
    case "Paused":
      return "paused"
    case "Dead":
      return `dead (${obstacle.reason})`
    case "Cooling":
      return `cooling (${obstacle.reason}) until ${format(obstacle.until)}`
    case "ModelBenched":
      return `cooling for ${obstacle.model} (${obstacle.reason}) until ${format(obstacle.until)}`
    case "SameAccount":
      return `the same account as ${obstacle.as}, cooling${forModel(obstacle)} (${obstacle.reason}) until ${format(obstacle.until)}`
  }
}

/** The same, and what a person may do about it. */
export const obstacleText = (obstacle: Obstacle, credential: Credential): string => {
  switch (obstacle._tag) {
    case "Paused":
      return `paused by an operator; \`daybook resume ${credential.id}\` puts it back into use`
    case "Dead":
      return `dead (${obstacle.reason}) since ${format(obstacle.since)}; ${revival(credential)} brings it back`
    default:
      return obstacleWords(obstacle)
  }
}

const forModel = ({ model }: SameAccount): string => (model === undefined ? "" : ` for ${model}`)

const revival = ({ id, kind, provider, store }: Credential): string => {
  if (kind === "apiKey") return "a new API key in its place"
  return store.kind === "own"
    ? `\`daybook login ${provider} --credential ${id}\``
    : "a new login in the program that owns it"
}
