/**
 * Ids and fingerprints that look like real ones and are the same in each run.
 */
import { Fingerprint } from "@daybook/pool/Fingerprint"
import type { Instant } from "@daybook/pool/Instant"

let state = 1

/** From 0 to below 1; always the same row of numbers (mulberry32). */
export const chance = (): number => {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), state | 1)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

const digits = (count: number, base: number): string =>
  Array.from({ length: count }, () => alphabet.charAt(Math.floor(chance() * base))).join("")

const hex = (count: number): string =>
  Array.from({ length: count }, () => Math.floor(chance() * 16).toString(16)).join("")

export const fingerprint = (): Fingerprint => Fingerprint.make(`fp_${digits(16, 64)}`)

/** A UUIDv7 of that moment. */
export const uuid = (at: Instant): string => {
  const time = at.toString(16).padStart(12, "0")
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-9${hex(3)}-${hex(12)}`
}
