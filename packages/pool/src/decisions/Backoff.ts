/**
 * How long to wait before another try.
 */

export interface Range {
  readonly first: number
  readonly most: number
}

/** The longest wait, in milliseconds, after so many failures before this one: doubling, with a cap. */
export const ceiling = ({ first, most }: Range, failures: number): number =>
  Math.min(most, first * 2 ** Math.min(failures, 30))

/** Full jitter: `chance` in [0, 1) picks a point below the ceiling, so that many processes do not come back together. */
export const jittered = (range: Range, failures: number, chance: number): number =>
  Math.round(ceiling(range, failures) * chance)
