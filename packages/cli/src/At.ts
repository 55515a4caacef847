/**
 * A point in a ledger's life, as a person names it: the number of an event, the id of one, a time, or how long ago.
 */
import type { Moment } from "@daybook/ledger/Moment"
import { EventId, Seq } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import { Effect, Option, Schema } from "effect"
import * as Day from "./Day.ts"
import { exitCodes } from "./ExitCode.ts"
import { Stop } from "./Stop.ts"

export type At = Moment | { readonly ago: number }

export const parse = (text: string): Option.Option<At> => {
  if (/^\d{1,15}$/.test(text)) return Option.some({ seq: Seq.make(Number(text)) })
  if (isId(text)) return Option.some({ id: text })
  const ago = parseAgo(text)
  return ago === undefined ? Option.map(parseTime(text), (at) => ({ at })) : Option.some({ ago })
}

export const isId = Schema.is(EventId)

/** In milliseconds, as `-5m` or `5m ago` names them. */
const parseAgo = (text: string): number | undefined => {
  const [, amount, unit] = /^-?(\d+(?:\.\d+)?)(ms|s|m|h|d)(?: ago|(?<=^-.*))$/.exec(text) ?? []
  return amount === undefined || unit === undefined ? undefined : Number(amount) * (millisIn[unit] ?? 0)
}

/** An age as it was typed, before it was put into words for `effect/cli`. */
export const typed = (text: string): string => text.replace(/^([\d.]+[a-z]+) ago$/, "-$1")

const millisIn: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** In UTC where no offset is given, with a blank or a `T` before the time of day. */
const parseTime = (text: string): Option.Option<Instant> => {
  const iso = text.trim().replace(/^(\S+) (\d.*)$/, "$1T$2")
  return Option.orElse(Day.parse(iso), () => Day.parse(`${iso}Z`))
}

/** `now` is what an age counts back from. */
export const momentOf = (at: At, now: Instant): Moment =>
  "ago" in at ? { at: Math.max(0, Math.round(now - at.ago)) } : at

/** Fails for a text that names no moment. `flag` is where it stands, such as `--at`. */
export const read = (text: string, flag: string): Effect.Effect<At, Stop> =>
  Option.match(parse(text), {
    onSome: Effect.succeed,
    onNone: () =>
      Effect.fail(
        new Stop({
          exitCode: exitCodes.usage,
          message: `${flag} ${typed(text)}: that is no moment. Give the number of an event (4102), its id, a time in UTC (2026-11-22T10:00:00Z or 2026-11-22), or an age (-5m, -2h, -3d).`
        })
      )
  })
