/**
 * A rule of classification, as plain data: when a piece of evidence looks like this, it means that.
 * Rules are tried in order and the first match wins, so a rule never needs to say what it is not.
 */
import type { Evidence } from "@daybook/pool/Evidence"
import type { ApiVerdictName, TerminalReason, TransientReason } from "@daybook/pool/Verdict"
import { isOfModel } from "./Quota.ts"

/** What the credential behind a request was. */
export type CredentialKind = "oauth" | "apiKey"

/** Every condition that is given must hold; an empty one matches everything. */
export interface When {
  /** The transport failed: `true` for any fault, or one of these. */
  readonly fault?: true | ReadonlyArray<string>
  /** Whether the request may have reached the provider. */
  readonly left?: boolean
  /** `false`: no status line came. */
  readonly answered?: boolean
  /** Statuses, or closed ranges of them. */
  readonly status?: ReadonlyArray<number | readonly [from: number, to: number]>
  /** Error codes in lower case; letter case is not compared. */
  readonly codes?: ReadonlyArray<string>
  /** The message holds one of these, in lower case. */
  readonly words?: ReadonlyArray<string>
  /** The message holds none of these. */
  readonly withoutWords?: ReadonlyArray<string>
  readonly body?: ReadonlyArray<NonNullable<Evidence["body"]>>
  /** A body came that was too long to be read. */
  readonly unread?: true
  readonly challenge?: true
  /** The answer says that a quota window is used up: one of the plan, or one that only some models share. */
  readonly exhausted?: "plan" | "model"
  readonly credential?: CredentialKind
}

interface RuleBase {
  /** Recorded with each verdict, such as `codes/invalid_grant`; never reused for another meaning. */
  readonly id: string
  /** Goes up whenever the rule begins to match, or to mean, something else. */
  readonly version: number
  readonly when: When
  /** Where this is known from. */
  readonly source: string
}

/** About an answer of the token endpoint. */
export type TokenRule = RuleBase & { readonly surface: "token" } & (
    | { readonly verdict: "Transient"; readonly reason: TransientReason }
    | { readonly verdict: "Terminal"; readonly reason: TerminalReason; readonly confirm: boolean }
  )

/** About an answer of a model API; `scope: "model"` if only the model asked for is concerned. */
export type ApiRule = RuleBase & {
  readonly surface: "api"
  readonly verdict: ApiVerdictName
  readonly scope?: "model"
}

export type Rule = TokenRule | ApiRule

const hasStatus = (wanted: NonNullable<When["status"]>, status: number | undefined): boolean =>
  status !== undefined &&
  wanted.some((one) => (typeof one === "number" ? one === status : one[0] <= status && status <= one[1]))

const hasFault = (wanted: NonNullable<When["fault"]>, fault: string | undefined): boolean =>
  fault !== undefined && (wanted === true || wanted.includes(fault))

const hasExhausted = (wanted: NonNullable<When["exhausted"]>, window: string | undefined): boolean =>
  window !== undefined && isOfModel(window) === (wanted === "model")

/** Evidence as rules compare it. */
export interface Look {
  readonly evidence: Evidence
  readonly credential: CredentialKind
  readonly code: string | undefined
  readonly message: string
}

/** Letter case is not compared. */
export const lookAt = (evidence: Evidence, credential: CredentialKind): Look => ({
  evidence,
  credential,
  code: evidence.code?.toLowerCase(),
  message: evidence.message?.toLowerCase() ?? ""
})

/** Whether this is what a rule speaks of. Total, and reads nothing else. */
export const matches = (when: When, { code, credential, evidence, message }: Look): boolean =>
  (when.fault === undefined || hasFault(when.fault, evidence.fault)) &&
  (when.left === undefined || when.left === evidence.left) &&
  (when.answered === undefined || when.answered === (evidence.status !== undefined)) &&
  (when.status === undefined || hasStatus(when.status, evidence.status)) &&
  (when.codes === undefined || (code !== undefined && when.codes.includes(code))) &&
  (when.words === undefined || when.words.some((word) => message.includes(word))) &&
  (when.withoutWords === undefined || !when.withoutWords.some((word) => message.includes(word))) &&
  (when.body === undefined || (evidence.body !== undefined && when.body.includes(evidence.body))) &&
  (when.unread === undefined || evidence.unread === true) &&
  (when.challenge === undefined || evidence.challenge === true) &&
  (when.exhausted === undefined || hasExhausted(when.exhausted, evidence.exhausted)) &&
  (when.credential === undefined || when.credential === credential)
