/**
 * What is recorded of a provider's words holds no secret: providers echo what they were sent.
 * First every secret in hand goes, by value and however it was escaped; then everything that looks like one.
 */
import { Redacted } from "effect"
import { type Folded, fold, foldedText } from "./internal/FoldedText.ts"
import { withoutEchoes } from "./internal/EchoedInput.ts"
import { withoutTokenShapes } from "./internal/TokenShapes.ts"

export type Redact = (text: string) => string

const mark = "***"

/** So much of a text is looked at; a message is cut to far less. */
const most = 16_384

type Span = readonly [start: number, end: number]

/** All places of a secret, and its beginning where the text was cut in the middle of it. */
const spansOf = (text: Folded, secret: string): ReadonlyArray<Span> => {
  const spans: Array<Span> = []
  for (let at = text.chars.indexOf(secret); at >= 0; at = text.chars.indexOf(secret, at + 1)) {
    spans.push([text.starts[at] ?? 0, text.ends[at + secret.length - 1] ?? 0])
  }
  const rest = beginningAtEnd(text.chars, secret)
  return rest === undefined ? spans : [...spans, [text.starts[rest] ?? 0, text.ends.at(-1) ?? 0]]
}

const shortestBeginning = 4

const beginningAtEnd = (chars: string, secret: string): number | undefined => {
  const start = secret.slice(0, shortestBeginning)
  if (start.length < shortestBeginning) return undefined
  let at = chars.indexOf(start, Math.max(0, chars.length - secret.length))
  while (at >= 0 && !secret.startsWith(chars.slice(at))) at = chars.indexOf(start, at + 1)
  return at < 0 ? undefined : at
}

const withoutSpans = (text: string, spans: ReadonlyArray<Span>): string => {
  let left = ""
  let done = 0
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    if (start >= done) left += text.slice(done, start) + mark
    done = Math.max(done, end)
  }
  return left + text.slice(done)
}

/** Removes exactly these secrets, plain, JSON-escaped or form-encoded, also more than once, in any letter case. */
export const valueRedactor = (secrets: Iterable<Redacted.Redacted<string>>): Redact => {
  let folded: ReadonlyArray<string> | undefined
  return (whole) => {
    folded ??= foldedSecrets(secrets)
    const text = whole.slice(0, most)
    const view = fold(text)
    return withoutSpans(
      text,
      folded.flatMap((secret) => spansOf(view, secret))
    )
  }
}

const foldedSecrets = (secrets: Iterable<Redacted.Redacted<string>>): ReadonlyArray<string> => {
  const values = new Set(Array.from(secrets, (secret) => foldedText(Redacted.value(secret)).trim()))
  return [...values].filter((value) => value !== "")
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
