/**
 * The decisions that a replay made again, by regular places: how many of each kind, those that came out otherwise apart.
 * Two replays of one ledger are told apart by it where one of them makes a decision that the other one does not.
 */
import type { CredentialId } from "../Ids.ts"

/** A decision of a ledger, as far as it can be told from others. */
export interface JudgedDecision {
  readonly seq: number
  readonly credential: CredentialId | undefined
  readonly type: string
}

export interface DecisionPlace {
  /** Of the events after the place before, up to this one. */
  readonly seq: number
  /** By kind, such as `ErrorClassified of main`. */
  readonly made: Readonly<Record<string, number>>
}

export class DecisionTrace {
  private readonly every: number
  private readonly counted = new Map<number, Map<string, number>>()

  /** A place every so many events. */
  constructor(every: number) {
    this.every = every
  }

  readonly judged = (decision: JudgedDecision): void => this.count(decision, kindOf(decision))

  readonly diverged = (decision: JudgedDecision): void => this.count(decision, `${kindOf(decision)}, otherwise`)

  /** In order; none where nothing was decided. */
  get places(): ReadonlyArray<DecisionPlace> {
    return [...this.counted]
      .toSorted(([a], [b]) => a - b)
      .map(([seq, kinds]) => ({ seq, made: Object.fromEntries([...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1))) }))
  }

  private count({ seq }: JudgedDecision, kind: string): void {
    const place = Math.ceil(seq / this.every) * this.every
    const kinds = this.counted.get(place) ?? new Map<string, number>()
    this.counted.set(place, kinds.set(kind, 1 + (kinds.get(kind) ?? 0)))
  }
}

const kindOf = ({ credential, type }: JudgedDecision): string =>
  credential === undefined ? type : `${type} of ${credential}`

export interface CountDivergence {
  readonly seq: number
  readonly kind: string
  readonly was: number
  readonly now: number
}

/** The first place at which not as many decisions were made again as before, and the first kind there. */
export const firstCountDivergence = (
  expected: ReadonlyArray<DecisionPlace>,
  found: ReadonlyArray<DecisionPlace>
): CountDivergence | undefined => {
  const [was, now] = [countsOf(expected), countsOf(found)]
  const seqs = [...new Set([...was.keys(), ...now.keys()])].toSorted((a, b) => a - b)
  for (const seq of seqs) {
    const [one, other] = [was.get(seq) ?? {}, now.get(seq) ?? {}]
    const kinds = [...new Set([...Object.keys(one), ...Object.keys(other)])].toSorted()
    const kind = kinds.find((kind) => (one[kind] ?? 0) !== (other[kind] ?? 0))
    if (kind !== undefined) return { seq, kind, was: one[kind] ?? 0, now: other[kind] ?? 0 }
  }
  return undefined
}

const countsOf = (places: ReadonlyArray<DecisionPlace>) => new Map(places.map(({ made, seq }) => [seq, made] as const))
