/** Asks why of a pool that is given as a list of events, as the command asks of a ledger. */
import { empty } from "@daybook/pool/PoolState"
import type { CredentialId } from "@daybook/pool/Ids"
import { fold } from "@daybook/pool/Evolve"
import type { Generation } from "@daybook/pool/Generation"
import type { CauseWord } from "@daybook/pool/queries/Cause"
import { type Answer, namesOf, why } from "@daybook/pool/queries/Why"
import type { FieldName } from "@daybook/pool/queries/why/Fields"
import type { Limits } from "@daybook/pool/queries/why/Case"
import { Recollection } from "@daybook/pool/queries/why/Recollection"
import type { Recorded } from "@daybook/pool/Recorded"
import { HashMap } from "effect"
import {
  classified,
  credentialId,
  enrolled,
  eventId,
  failed,
  generation,
  hour,
  joined,
  observed,
  opened,
  otherActor,
  quarantined,
  recorded,
  start,
  type Step
} from "./support.ts"

export const [first, next, third] = [generation(1), generation(2), generation(3)]

/** The pool's usual beginning: one login, its tokens, two processes. */
export const begun = (tokens: Generation = first): ReadonlyArray<Step> => [
  opened,
  joined,
  {
    type: "ActorJoined",
    v: 1,
    actor: otherActor,
    data: { program: "worker", version: "1.0.0", pid: 43, host: "laptop" }
  },
  enrolled(),
  observed(tokens)
]

/** The token endpoint's refusal of a token, what was made of it, and the end. */
export const refused = (
  sent: Generation,
  reason: "Reused" | "Expired" | "Revoked" | "AccountClosed" | "ResponseLost",
  { attempt = 1, code = "invalid_grant", message }: { attempt?: number; code?: string; message?: string } = {}
): ReadonlyArray<Step> => {
  const verdict = eventId(1_000 + attempt)
  return [
    failed(sent, { status: 400, code, ...(message === undefined ? {} : { message }) }, attempt),
    { ...classified(sent, { verdict: "Terminal", reason, rule: "codes/invalid_grant" }, attempt), id: verdict },
    { ...quarantined(sent, "refresh", reason), cause: verdict }
  ]
}

export const transient = (
  sent: Generation,
  reason: "RateLimited" | "Misconfigured" | "Denied" | "Network",
  attempt = 1
) => classified(sent, { reason, retryAt: start + hour }, attempt)

export interface Asking {
  readonly field?: FieldName
  readonly seq?: number
  readonly credential?: CredentialId
  readonly now?: number
  readonly limits?: Limits
}

export const mentions = (event: Recorded, names: ReadonlyArray<string>): boolean =>
  names.some((name) => JSON.stringify(event).includes(name))

export const ask = (steps: ReadonlyArray<Step>, asking?: Asking): Answer => askOf(recorded(steps), asking)

export const askOf = (
  events: ReadonlyArray<Recorded>,
  { credential: id = credentialId, field = "status", limits, now, seq = Infinity }: Asking = {}
): Answer => {
  const all = events.filter((event) => event.seq <= seq)
  const state = fold(all)
  const moment = now ?? state.latest
  const credential = HashMap.getUnsafe(state.credentials, id)
  const question = { credential: id, field, now: moment }
  const recollection = new Recollection(empty, question)
  const names = namesOf(state, credential)
  for (const event of all) if (mentions(event, names)) recollection.add(event)
  const { held, setter, trouble } = recollection
  return why({ ...question, credential, state, events: held, setter, trouble, limits })
}

export const causeOf = (steps: ReadonlyArray<Step>, asking?: Asking): CauseWord => ask(steps, asking).finding.cause
export const types = (events: ReadonlyArray<Recorded>): ReadonlyArray<string> =>
  events.map(({ seq, type }) => `${seq} ${type}`)
export const chain = (steps: ReadonlyArray<Step>, asking?: Asking) =>
  ask(steps, asking).chain.links.map(({ event, tie }) => `${event.type}${tie === undefined ? "" : ` ${tie}`}`)
