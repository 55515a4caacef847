/**
 * Whether the end that a provider named is that of the whole login. Some name the end of each refresh token, which moves on
 * with every refresh: such a token ends for being left alone.
 */
import type { Instant } from "../../Instant.ts"
import type { Case } from "./Case.ts"
import { isLeftAlone, type Rest } from "./Rest.ts"

export type Deadline = "none" | "ahead" | "of the login" | "of the token"

/** `rest`: of the token that was sent, or is looked at. */
export const deadlineAt = (one: Case, at: Instant, rest: Rest | undefined): Deadline => {
  const { deadline } = one.grant.current ?? {}
  if (deadline === undefined) return "none"
  if (deadline > at) return "ahead"
  if (one.limits.grantMillis !== undefined) return "of the login"
  const before = deadlineBefore(one)
  return (before === undefined ? isLeftAlone(rest) : deadline - before > minute) ? "of the token" : "of the login"
}

/** Two answers may differ by the time that they took. */
const minute = 60_000

/** What was said of the end before the present tokens came. */
const deadlineBefore = ({ grant: { current, lineage } }: Case): Instant | undefined =>
  lineage.findLast(({ generation }) => generation.refresh !== current?.refresh && generation.deadline !== undefined)
    ?.generation.deadline
