/** A time of day with its zone, as in `resets 12:30pm (America/Chicago)`: the next time that it comes. */
import { DateTime, Option } from "effect"
import type { Instant } from "@daybook/pool/Instant"

const clock =
  /\bresets?\s+(?:at\s+)?(\d{1,2})(?::(\d{2}))?\s*([ap]m)?\s*\(([A-Za-z_]{1,32}(?:\/[A-Za-z_+-]{1,32}){0,2})\)/i

/** A time that has only just passed is meant: the answer was on its way. */
const tolerance = 30 * 60_000

export const clockTimeIn = (text: string, now: Instant): Instant | undefined => {
  const match = clock.exec(text)
  if (match === null) return undefined
  const [, hours = "", minutes = "0", half, zone = ""] = match
  const hour = hourOf(Number(hours), half?.toLowerCase())
  const today = DateTime.makeZoned(now, { timeZone: zone })
  if (hour === undefined || Number(minutes) > 59 || Option.isNone(today)) return undefined
  const at = DateTime.setParts(today.value, { hour, minute: Number(minutes), second: 0, millisecond: 0 })
  const instant = DateTime.toEpochMillis(at)
  return instant < now - tolerance ? DateTime.toEpochMillis(DateTime.add(at, { days: 1 })) : Math.max(instant, now)
}

const hourOf = (hour: number, half: string | undefined): number | undefined => {
  if (half === undefined) return hour < 24 ? hour : undefined
  if (hour < 1 || hour > 12) return undefined
  return (hour % 12) + (half === "pm" ? 12 : 0)
}
