/**
 * What is recorded of a provider's words holds no secret: providers echo what they were sent.
 * First every secret in hand goes, by value and however it was escaped; then everything that looks like one.
 */
import { Redacted } from "effect"
import { withoutEchoes } from "./internal/EchoedInput.ts"
import { withoutTokenShapes } from "./internal/TokenShapes.ts"

export type Redact = (text: string) => string

const mark = "***"
const escapes: Readonly<Record<string, string>> = {
  "\n": "n",
  "\r": "r",
  "\t": "t",
  "\b": "b",
  "\f": "f",
  '"': '"',
  "\\": "\\",
  "/": "/"
}
const backslashes = String.raw`\\{1,8}`
const hexDigits = (value: number, length: number): string => value.toString(16).padStart(length, "0")
const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)

/** One character plain, JSON-escaped or form-encoded, also more than once. */
const anyFormOf = (char: string): string => {
  const percent = Array.from(new TextEncoder().encode(char), (byte) => `%(?:25){0,4}${hexDigits(byte, 2)}`).join("")
  const units = Array.from({ length: char.length }, (_, at) => char.charCodeAt(at))
  const unicode = units.map((unit) => `${backslashes}u${hexDigits(unit, 4)}`).join("")
  const letter = escapes[char]
  const escaped = letter === undefined ? [] : [`${backslashes}${literally(letter)}`]
  const plus = char === " " ? [literally("+")] : []
  return `(?:${[...escaped, literally(char), percent, unicode, ...plus].join("|")})`
}

const patternOf = (chars: ReadonlyArray<string>, flags: string): RegExp =>
  new RegExp(chars.map(anyFormOf).join(""), flags)

/** The pattern of a long token is costly to build, so it is built once its beginning was seen. */
const remover = (secret: string): Redact => {
  const chars = Array.from(secret)
  const beginning = patternOf(chars.slice(0, 8), "iu")
  return (text) => (beginning.test(text) ? text.replace(patternOf(chars, "giu"), mark) : text)
}

/**
 * Removes exactly these secrets. Longest first: one that is part of another must not leave the rest of it behind.
 */
export const valueRedactor = (secrets: Iterable<Redacted.Redacted<string>>): Redact => {
  const values = Array.from(secrets, Redacted.value).flatMap((value) => [value, value.trim()])
  const distinct = [...new Set(values)].filter((value) => value.trim() !== "")
  const removers = distinct.toSorted((a, b) => b.length - a.length).map(remover)
  return (text) => removers.reduce((rest, remove) => remove(rest), text)
}

/** Removes these secrets, then whatever looks like one, or like an echo, among the first 4,096 characters; the rest is cut. */
export const redactor = (secrets: Iterable<Redacted.Redacted<string>>): Redact => {
  const byValue = valueRedactor(secrets)
  return (text) => withoutEchoes(withoutTokenShapes(byValue(text).slice(0, 4096)))
}

/** Cut to 200 characters, on one line. */
export const plainMessage = (text: string, redact: Redact): string =>
  redact(text)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, 200)
    .toWellFormed()

/** As the provider spelled it, or `other`: a code is a name, and whatever else stands there may be private. */
export const plainCode = (text: string, redact: Redact): string =>
  /^[A-Za-z0-9_.:-]{1,64}$/.test(text) && redact(text) === text ? text : "other"
