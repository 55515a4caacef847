/**
 * Decisions that came out otherwise in a replay, as they are kept for the next one: what came out then, short. Either
 * replay may have one that the other has not.
 */
import type { CredentialId } from "../Ids.ts"
import type { Divergence } from "./Replay.ts"
import { type Digest, fieldText } from "./StateFields.ts"

export interface KeptDivergence {
  readonly seq: number
  readonly credential?: CredentialId
  readonly type: string
  /** What came out, by field; `none` of a field or an event that is not there. */
  readonly fields: Readonly<Record<string, string>>
}

export const kept = ({ credential, fields, seq, type }: Divergence, digest: Digest): KeptDivergence => ({
  seq,
  ...(credential === undefined ? {} : { credential }),
  type,
  fields: Object.fromEntries(fields.map(({ field, now }) => [field, fieldText(now, digest)]))
})

/** One or both: a decision that came out otherwise in both replays, and not in the same way, is two that differ. */
export interface Unlike {
  readonly was: KeptDivergence | undefined
  readonly now: Divergence | undefined
}

/** The first decision that came out otherwise in one of two replays, and not in the same way in the other one. */
export const firstUnlike = (
  was: ReadonlyArray<KeptDivergence>,
  now: ReadonlyArray<Divergence>,
  digest: Digest
): Unlike | undefined => {
  const left = new Map<string, number>()
  for (const divergence of was) add(left, textOf(divergence), 1)
  const appeared = now.filter((divergence) => !take(left, textOf(kept(divergence, digest))))
  const vanished = was.filter((divergence) => take(left, textOf(divergence)))
  const seq = Math.min(...[...appeared, ...vanished].map(({ seq }) => seq))
  const found = { now: appeared.find(isAt(seq)), was: vanished.find(isAt(seq)) }
  return found.now === undefined && found.was === undefined ? undefined : found
}

const isAt =
  (at: number) =>
  ({ seq }: { readonly seq: number }): boolean =>
    seq === at

/** Keys in order, since a file may have been written by another hand. */
const textOf = ({ credential, fields, seq, type }: KeptDivergence): string =>
  JSON.stringify([seq, credential ?? "", type, Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1))])

const add = (counts: Map<string, number>, key: string, by: number) => counts.set(key, by + (counts.get(key) ?? 0))

/** One of that text, if one is left. */
const take = (counts: Map<string, number>, key: string): boolean => {
  const isThere = (counts.get(key) ?? 0) > 0
  if (isThere) add(counts, key, -1)
  return isThere
}
