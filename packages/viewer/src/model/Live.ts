/**
 * What is appended, as the server tells it. A connection that broke is made anew behind the last event that came; an event that
 * comes twice is taken once.
 */
import type { Recorded } from "@daybook/pool/Recorded"
import type { Following } from "../Source.ts"
import { eventIn } from "./Lines.ts"
import { messageOf } from "./SourceError.ts"

/** What of an `EventSource` is used. */
export interface Events {
  readonly addEventListener: (type: string, listener: (event: MessageEvent<string>) => void) => void
  readonly close: () => void
}

export type MakeEventSource = (address: string) => Events

/** Milliseconds until the first new attempt; each one more waits twice as long. */
const firstWait = 500
const longestWait = 8_000

export const followLive = (connect: (last: number) => Events, after: number, listener: Following): void => {
  let last = after
  let wait = firstWait

  const begin = (): void => {
    const events = connect(last)
    events.addEventListener("open", () => {
      wait = firstWait
      listener.connection(true)
    })
    events.addEventListener("error", () => again(events))
    events.addEventListener("damage", ({ data }) => listener.damage(data))
    events.addEventListener("lines", ({ data }) => take(events, data))
  }

  const again = (events: Events): void => {
    events.close()
    listener.connection(false)
    setTimeout(begin, wait)
    wait = Math.min(wait * 2, longestWait)
  }

  const take = (events: Events, text: string): void => {
    try {
      const fresh = text
        .split("\n")
        .map((line) => eventIn(line))
        .filter(({ seq }) => seq > last)
      if (!follows(fresh, last)) return again(events)
      last = fresh.at(-1)?.seq ?? last
      if (fresh.length > 0) listener.events(fresh)
    } catch (error) {
      events.close()
      listener.damage(messageOf(error))
    }
  }

  begin()
}

const follows = (events: ReadonlyArray<Recorded>, last: number): boolean =>
  events.every(({ seq }, place) => seq === last + 1 + place)
