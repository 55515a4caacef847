/**
 * What a figure should reach, and whether it does.
 */
import { short } from "./Measure.ts"

export const atLeast = (found: number, bar: number, unit = ""): string =>
  `at least ${bar}${unit}: ${found >= bar ? "meets" : missing(1 - found / bar)}`

export const atMost = (found: number, bar: number, unit = ""): string =>
  `at most ${short(bar)}${unit}: ${found <= bar ? "meets" : missing(found / bar - 1)}`

const missing = (share: number): string => `misses by ${Math.ceil(share * 100)} %`
