/** What there is to know of a dialect: how it is asked, how its tokens look, how it grants, refuses and meters. */
import { type Effect } from "effect"
import { type Grant } from "../Grant.ts"
import { type AccessCheck, type Refusal } from "../Grants.ts"
import { type Quota } from "../Quota.ts"
import { type Minting, type TokenSet } from "../Tokens.ts"
import { type Answer } from "./Answer.ts"
import { type RequestForm } from "./RequestForm.ts"

/** A refresh that succeeded. */
export interface Granted {
  readonly grant: Grant
  readonly tokens: TokenSet
  /** Whether the refresh token is handed out: after a rotation, or when one is repeated. */
  readonly rotated: boolean
  /** Epoch milliseconds. */
  readonly now: number
  /** The sandbox's own. */
  readonly origin: string
}

/** What the model API found of an access token that is good no more. */
export type DeadAccess = Exclude<AccessCheck, { _tag: "Valid" | "Unknown" }>

/** How the model API speaks of a plan's windows. */
export interface Metering {
  /** On every answer to a model call. */
  readonly headers: (quota: Quota) => Readonly<Record<string, string>>
  /** Of a model call while a window is used up; `until` in epoch seconds. */
  readonly refusal: (until: number) => Answer
}

export interface Protocol {
  readonly request: RequestForm
  readonly mint: (minting: Minting) => Effect.Effect<TokenSet>
  /** The body of a token answer. */
  readonly success: (granted: Granted) => unknown
  readonly refusal: (why: Refusal) => Answer
  readonly apiRefusal: (check: DeadAccess) => Answer
  /** Null if the model API never speaks of quota. */
  readonly metering: Metering | null
}
