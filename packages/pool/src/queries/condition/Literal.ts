/** What stands on the other side of a comparison, read as the kind of field it is compared with. */
import { Result } from "effect"
import type { Kind, Value } from "./Fields.ts"
import type { Flaw } from "./Token.ts"

type Misfit = Pick<Flaw, "says" | "unknown">

/** For a field that has no value. */
const none = "none"

export const literal = (text: string, kind: Kind): Result.Result<Value, Misfit> => {
  if (text === none) return Result.succeed(undefined)
  switch (kind._tag) {
    case "Text":
    case "Fingerprint":
      return Result.succeed(text)
    case "Number":
      return /^-?\d+(\.\d+)?%?$/.test(text)
        ? Result.succeed(Number.parseFloat(text))
        : Result.fail({ says: `${text} is no number` })
    case "Time":
      return timeIn(text)
    case "Flag":
      return Object.hasOwn(flags, text)
        ? Result.succeed(flags[text])
        : Result.fail({ says: `${text} is neither yes nor no` })
    case "Word":
      return kind.words.includes(text)
        ? Result.succeed(text)
        : Result.fail({ says: `it is never ${text}`, unknown: { typed: text, known: [...kind.words, none] } })
  }
}

const flags: Readonly<Record<string, boolean>> = { yes: true, no: false }

const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/

const timeIn = (text: string): Result.Result<Value, Misfit> => {
  const instant = time.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(instant)
    ? Result.fail({ says: `${text} is no time; write 2026-11-22T10:00:00Z or 2026-11-22` })
    : Result.succeed(instant)
}
