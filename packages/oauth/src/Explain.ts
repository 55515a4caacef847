/**
 * One answer, looked at from outside: what would be recorded of it, what it means, and under which rule. It asks the
 * same parser and the same rules as the pool, so what it says is what the pool does.
 */
import type { Evidence } from "@daybook/pool/Evidence"
import type { Instant } from "@daybook/pool/Instant"
import type { ApiVerdict, TokenVerdict } from "@daybook/pool/Verdict"
import { apiEvidence } from "./ApiEvidence.ts"
import { judgeApi, judgeToken } from "./Classify.ts"
import { type Answer, faultEvidence, parseAnswer, type ParsedAnswer, type Received } from "./ParseAnswer.ts"
import type { Provider } from "./Provider.ts"
import type { CredentialKind, Rule } from "./Rule.ts"

/** What went wrong below HTTP: its code, and whether the request may have reached the provider. */
export interface TransportFault {
  readonly fault: string
  readonly left: boolean
  readonly status?: number
}

interface Subject {
  readonly surface: "token" | "api"
  readonly provider: Provider
  readonly kind: CredentialKind
  readonly now: Instant
}

export interface Question extends Subject {
  readonly answer: Answer | TransportFault
}

export interface Refusal {
  readonly _tag: "Refusal"
  readonly evidence: Evidence
  readonly verdict: TokenVerdict | ApiVerdict
  readonly rule: Rule
  /** Tokens came all the same, and would be kept. */
  readonly successor: boolean
}

export type Explanation = { readonly _tag: "Success"; readonly rotated: boolean } | Refusal

export const explain = (question: Question): Explanation => {
  const { answer, now, provider, surface } = question
  const received = { now, secrets: [] }
  const parsed = surface === "token" ? readToken(provider, answer, received) : readApi(answer, received)
  return parsed._tag === "Tokens"
    ? { _tag: "Success", rotated: parsed.rotated }
    : explainEvidence(question, parsed.evidence)
}

/** What was recorded once, judged under the rules of today. */
export const explainEvidence = ({ kind, now, provider, surface }: Subject, evidence: Evidence): Refusal => {
  const said = { _tag: "Refusal", evidence, successor: evidence.successor === true } as const
  return surface === "token"
    ? { ...said, ...judgeToken(provider, evidence, now) }
    : { ...said, ...judgeApi(provider, kind, evidence, now) }
}

const readToken = (provider: Provider, answer: Answer | TransportFault, received: Received): ParsedAnswer =>
  "fault" in answer ? refusal(faultOf(answer)) : parseAnswer(provider, answer, received)

const readApi = (answer: Answer | TransportFault, received: Received): ParsedAnswer => {
  if ("fault" in answer) return refusal(faultOf(answer))
  return answer.status >= 200 && answer.status <= 299
    ? { _tag: "Tokens", tokens: {}, rotated: false }
    : refusal(apiEvidence(answer, received))
}

const faultOf = ({ fault, left, status }: TransportFault): Evidence => faultEvidence(fault, left, status)

const refusal = (evidence: Evidence): ParsedAnswer => ({ _tag: "Refusal", evidence })
