/** Of two places that show one login, the tokens that came later. */
import { isBlank, type TokenSet } from "@daybook/pool/TokenSet"
import { reveal } from "./Tokens.ts"

/**
 * What was written later, or else what ends later. Where neither says so, `shared` counts: that is what hermes goes on
 * with when two copies differ. A pair without a refresh token is no copy of this login.
 */
export const newerOf = (local: TokenSet, shared: TokenSet): TokenSet => {
  if (shared.refresh === undefined) return local
  if (isBlank(local)) return shared
  const isLater = isAfter(local.refreshedAt, shared.refreshedAt) ?? isAfter(local.expiresAt, shared.expiresAt) ?? false
  return isLater || isSamePair(local, shared) ? local : shared
}

const isSamePair = (left: TokenSet, right: TokenSet): boolean =>
  reveal(left.refresh) === reveal(right.refresh) && reveal(left.access) === reveal(right.access)

/** Undefined where it cannot be told. */
const isAfter = (a: number | undefined, b: number | undefined): boolean | undefined =>
  a === undefined || b === undefined || a === b ? undefined : a > b
