/** The places in hermes' file where a login may stand, as they are read. */
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Redacted } from "effect"
import type { AuthError } from "../Login.ts"

export interface Place {
  readonly slot: string
  readonly provider: string
  readonly tokens: TokenSet
  readonly label: string | undefined
  readonly lastAuthError: AuthError | undefined
}

/** The slot `providers.<provider>`. */
export interface Block extends Place {
  /** Its keys from the top, to where it really stands. */
  readonly path: ReadonlyArray<string>
  /** The tokens stand among the other fields, and not in an object `tokens`. */
  readonly isFlat: boolean
  /** Why only hermes may refresh it, if so. */
  readonly onlyHermes: string | undefined
}

/** The slot `credential_pool.<provider>.<id>`; see `withSlots`. */
export interface Row extends Place {
  readonly id: string
  readonly kind: "oauth" | "apiKey"
  readonly source: string
  readonly priority: number
}

export const blockSlot = (provider: string): string => `providers.${provider}`

/**
 * All rows of one provider, with their slots, which have the rows' ids. A later row with the id of an earlier one gets a slot of its own,
 * and so does a row of another provider whose id is no text: no row is ever taken for another.
 */
export const withSlots = <Row extends { readonly [key: string]: unknown }>(
  provider: string,
  rows: ReadonlyArray<Row>
): ReadonlyArray<readonly [slot: string, row: Row]> => {
  const pool = `credential_pool.${provider}`
  const counts = new Map<string, number>()
  return rows.map((row, index) => {
    const id = row["id"]
    if (typeof id !== "string") return [`${pool}[${index}]`, row]
    const count = (counts.get(id) ?? 0) + 1
    counts.set(id, count)
    return [count === 1 ? `${pool}.${id}` : `${pool}.${id}#${count}`, row]
  })
}

export const sharesGrant = (left: Place, right: Place): boolean =>
  left.provider === right.provider &&
  left.tokens.refresh !== undefined &&
  right.tokens.refresh !== undefined &&
  Redacted.value(left.tokens.refresh) === Redacted.value(right.tokens.refresh)
