/**
 * A program that shares a store says that a login of it died, and took its tokens away: whether that is about what we
 * hold, and what follows.
 */
import { refOf } from "../Generation.ts"
import type { CredentialId, EventId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import type { Grant } from "../PoolState.ts"
import type { Draft } from "../Recorded.ts"
import type { StoreKind } from "../StoreRef.ts"
import type { TerminalReason } from "../Verdict.ts"
import { quarantineOf } from "./ClassifyFailure.ts"

/** What the other program says in the store in place of the tokens. */
export interface Judgement {
  readonly store: StoreKind
  /** In that program's words. */
  readonly code: string
  readonly at?: Instant
}

/**
 * The current generation is dead if the store had it and the other program judged later than that. A pair that the store
 * never took, and one that came later, is not what was judged; without a moment nothing is told; and what an operator
 * revived, or what the grant went back to from a newer one, is to be tried.
 */
export const isJudged = ({ current, health, lineage, revived, stashed }: Grant, { at }: Judgement): boolean => {
  const { at: since, seq } = lineage.at(-1) ?? {}
  return (
    current?.refresh !== undefined &&
    health._tag !== "Dead" &&
    revived === undefined &&
    stashed === undefined &&
    at !== undefined &&
    since !== undefined &&
    seq !== undefined &&
    since <= at &&
    lineage.every((lived) => lived.at <= since && lived.seq <= seq)
  )
}

/** Nothing if it is not about what we hold. The rule names the store and its own code. */
export const believeStore = (
  grant: Grant,
  credential: CredentialId,
  judgement: Judgement,
  cause: EventId
): ReadonlyArray<Draft> =>
  grant.current === undefined || !isJudged(grant, judgement)
    ? []
    : [
        quarantineOf(
          { grant: grant.id, credential },
          refOf(grant.current),
          "refresh",
          reasonOf(judgement.code),
          `${judgement.store}/${allowed.test(judgement.code) ? judgement.code : "other"}`,
          cause
        )
      ]

/** What that program's code says of the death. */
export const reasonOf = (code: string): TerminalReason => {
  if (/reuse/i.test(code)) return "Reused"
  if (/expired/i.test(code)) return "Expired"
  return /account_(deactivated|suspended|deleted)/i.test(code) ? "AccountClosed" : "Revoked"
}

/** The form in which codes may be recorded. */
const allowed = /^[A-Za-z0-9_.:-]{1,64}$/
