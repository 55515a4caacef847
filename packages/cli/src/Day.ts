/** A day or a moment as a person types it. */
import type { Instant } from "@daybook/pool/Instant"
import { Option } from "effect"

const day = /^(\d{4}-\d\d-\d\d)$/
const moment = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/

/** ISO 8601: a day, which begins at midnight in UTC, or a moment with its offset. None for what is neither. */
export const parse = (text: string): Option.Option<Instant> => {
  const date = day.exec(text)?.[1] ?? moment.exec(text)?.[1]
  const instant = Date.parse(text)
  return date !== undefined && isReal(date) && !Number.isNaN(instant) ? Option.some(instant) : Option.none()
}

/** Not the 30th of February, which `Date` takes for the second of March. */
const isReal = (date: string): boolean => {
  const midnight = Date.parse(date)
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date)
}
