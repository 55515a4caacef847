/**
 * What a model API answered to a token of the pool: recorded, classified, and concluded from, for the one
 * generation whose access token was sent.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { apiEvidence } from "@daybook/oauth/ApiEvidence"
import { classifyApi } from "@daybook/oauth/Classify"
import { quotaWindowsIn } from "@daybook/oauth/Quota"
import { classifierVersion } from "@daybook/oauth/Rules"
import { type ApiRefusal, concludeApiAcceptance, concludeApiRefusal } from "@daybook/pool/decisions/ApiOutcome"
import { observeQuota } from "@daybook/pool/decisions/Quota"
import type { Evidence } from "@daybook/pool/Evidence"
import { type Fingerprint, Fingerprints } from "@daybook/pool/Fingerprint"
import { type GenerationRef, refOf } from "@daybook/pool/Generation"
import type { GrantId } from "@daybook/pool/Ids"
import { modelName } from "@daybook/pool/ModelName"
import { type Credential, grantById, members, type PoolState } from "@daybook/pool/PoolState"
import type { Draft } from "@daybook/pool/Recorded"
import { Clock, Effect, HashMap, Option, type Redacted, Semaphore } from "effect"
import { finishUnfinished } from "./FinishUnfinished.ts"
import { decide, grantState, record } from "./GrantState.ts"
import { asRefreshError, isMoved } from "./internal/AsRefreshError.ts"
import { newEventId } from "./internal/NewIds.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { reread } from "./Reread.ts"
import { type Target, targetOf } from "./Target.ts"
import { Uses } from "./Uses.ts"

export interface ApiAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** As far as it was read; `""` if it belongs to the caller. */
  readonly body: string
  readonly model?: string
}

export const reportAnswer = Effect.fnUntraced(function* (
  provider: string,
  token: Redacted.Redacted<string>,
  answer: ApiAnswer
) {
  return yield* reportUse(provider, { token, access: (yield* Fingerprints).of(token) }, answer)
})

/** The same for a token whose fingerprint is known. */
export const reportUse = Effect.fnUntraced(function* (
  provider: string,
  { access, token }: { readonly token: Redacted.Redacted<string>; readonly access: Fingerprint },
  answer: ApiAnswer
) {
  const senders = sendersOf((yield* Ledger).known(), provider, access)
  const model = answer.model === undefined ? {} : { model: modelName(answer.model) }
  const [verdicts, failures] = yield* Effect.partition(senders, (sent) => hear(sent, token, { ...answer, ...model }))
  return verdicts.length === 0 && failures.length > 0 ? yield* Effect.fail(failures[0]!) : verdicts[0]
})

/** What the answer says of one of those that show the token. */
const hear = Effect.fnUntraced(function* (sent: Sender, token: Redacted.Redacted<string>, answer: ApiAnswer) {
  const state = (yield* Ledger).known()
  const uses = yield* Uses
  const now = yield* Clock.currentTimeMillis
  const headers = lowerCased(answer.headers)
  const quota = observeQuota(sent.credential, quotaWindowsIn(headers, now), now)
  if (isAcceptance(answer.status)) {
    const { credential, generation } = sent
    const news = concludeApiAcceptance(state, { credential, generation, model: answer.model, now })
    if (news.length === 0) uses.add(credential.id, generation, now)
    else yield* uses.record(credential.id, generation, now, news)
    if (quota.length > 0) yield* record(...quota)
    return undefined
  }
  if (quota.length > 0) yield* record(...quota)
  return yield* reportRefusal(sent, apiEvidence({ ...answer, headers }, { now, secrets: [token] }), answer.model)
})

/** Who may not have an answer is not told either that it is still the one he has (304, RFC 9110 section 15.4.5). */
const isAcceptance = (status: number): boolean => (status >= 200 && status < 300) || status === 304

/** A refusal that is evidence already, by an endpoint that takes the access token. */
export const reportRefusal = Effect.fnUntraced(function* (sent: Sender, evidence: Evidence, model?: string) {
  const target = yield* targetOf(sent.credential)
  const now = yield* Clock.currentTimeMillis
  yield* Uses.use(({ flush }) => flush)
  const verdict = classifyApi(target.provider, sent.credential.kind, evidence, now)
  const refusal = { ...sent, evidence, verdict, ...(model === undefined ? {} : { model }), now }
  const facts = yield* turnOf(yield* Ledger, target.grant).withPermits(1)(decided(target, refusal))
  if (facts.length > 0) yield* record(...facts)
  return verdict
})

/**
 * A crowd of callers who are refused at once decides one after the other: the first finds out what is so and concludes, the
 * others find that in the ledger, and what is left to record of them conflicts with nothing.
 */
const turnOf = (ledger: Ledger["Service"], grant: GrantId): Semaphore.Semaphore => {
  const ofLedger = turns.get(ledger) ?? new Map<GrantId, Semaphore.Semaphore>()
  const turn = ofLedger.get(grant) ?? Semaphore.makeUnsafe(1)
  turns.set(ledger, ofLedger.set(grant, turn))
  return turn
}

const turns = new WeakMap<Ledger["Service"], Map<GrantId, Semaphore.Semaphore>>()

type Refusal = Omit<ApiRefusal, "policy" | "classifier" | "ids">

const decided = Effect.fnUntraced(function* (target: Target, refusal: Refusal) {
  const { health } = grantById((yield* Ledger).known(), target.grant)
  if (refusal.verdict.verdict === "GrantRevoked" && health._tag !== "Dead") yield* Effect.ignore(lookAgain(target))
  return yield* Effect.retry(conclude(target, refusal), { while: isMoved, times: 5 })
})

/** Decided on the state as it is; if the grant moves meanwhile, decided again. Answers what is still to be recorded. */
const conclude = Effect.fnUntraced(function* (target: Target, refusal: Refusal) {
  const { grant, state } = yield* grantState(target)
  const credential = Option.getOrElse(HashMap.get(state.credentials, refusal.credential.id), () => refusal.credential)
  const events = concludeApiRefusal(state, {
    ...refusal,
    credential,
    policy: yield* PoolPolicy,
    classifier: classifierVersion,
    ids: [newEventId(), newEventId()]
  })
  const told = events.map((event) => ({ ...event, correlation: target.correlation }))
  if (told.every(isFact)) return told
  yield* decide(target, grant.version, ...told)
  return []
})

const isFact = ({ type }: Draft): boolean => type === "ApiOutcomeObserved" || type === "ErrorClassified"

const lowerCased = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

export interface Sender {
  readonly credential: Credential
  readonly generation: GenerationRef
}

/** The credentials that have the access token, each with the generation it came in, however old: a key may stand in two places. */
const sendersOf = (state: PoolState, provider: string, access: string): ReadonlyArray<Sender> =>
  members(state).flatMap((credential) => {
    if (credential.provider !== provider) return []
    const lived = grantById(state, credential.grant).lineage.find(({ generation }) => generation.access === access)
    return lived === undefined ? [] : [{ credential, generation: refOf(lived.generation) }]
  })

/** Before a revocation is believed: another program may have logged in already. */
const lookAgain = Effect.fnUntraced(
  function* (target: Target) {
    if (!target.authority.writable) return
    yield* target.authority.lock((yield* PoolPolicy).lockWait)
    if (yield* finishUnfinished(target)) yield* reread(target, "after rejection")
  },
  Effect.scoped,
  (effect, target) => Effect.mapError(effect, (trouble) => asRefreshError(target, trouble))
)
