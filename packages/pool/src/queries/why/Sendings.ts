/** Each time that a refresh token was sent, by whichever process: from its intent to what came of it. */
import type { EventOf } from "../../Event.ts"
import type { Evidence } from "../../Evidence.ts"
import type { Fingerprint } from "../../Fingerprint.ts"
import type { AttemptId, EventId } from "../../Ids.ts"
import type { Instant } from "../../Instant.ts"
import type { Envelope, Recorded } from "../../Recorded.ts"

type Started = Envelope & EventOf<"RefreshStarted">
type Ended = Envelope & EventOf<"RefreshSucceeded" | "RefreshFailed" | "OutcomeLost">

export interface Sending {
  readonly started: Started
  /** Absent while the answer is out, or if the process died and nobody has said so yet. */
  readonly ended?: Ended
  /** What was concluded from a failure. */
  readonly classified?: Envelope & EventOf<"ErrorClassified">
}

/** All attempts in these events, in order. */
export const sendingsIn = (events: ReadonlyArray<Recorded>): ReadonlyArray<Sending> => {
  const sendings = new Map<AttemptId, Sending>()
  const endings = new Map<EventId, AttemptId>()
  const go = (attempt: AttemptId | undefined, more: Partial<Sending>): void => {
    const sending = attempt === undefined ? undefined : sendings.get(attempt)
    if (sending !== undefined) sendings.set(sending.started.data.attempt, { ...sending, ...more })
  }
  for (const event of events) {
    switch (event.type) {
      case "RefreshStarted":
        sendings.set(event.data.attempt, { started: event })
        break
      case "RefreshSucceeded":
      case "RefreshFailed":
      case "OutcomeLost":
        endings.set(event.id, event.data.attempt)
        go(event.data.attempt, { ended: event })
        break
      case "ErrorClassified":
        go(endings.get(event.data.of), { classified: event })
    }
  }
  return [...sendings.values()]
}

/** Those of one refresh token. */
export const sendingsOf = (events: ReadonlyArray<Recorded>, refresh: Fingerprint | undefined): ReadonlyArray<Sending> =>
  refresh === undefined ? [] : sendingsIn(events).filter(({ started }) => started.data.generation.refresh === refresh)

/** Nothing left this machine. */
export const isUnsent = ({ ended }: Sending): boolean => ended?.type === "RefreshFailed" && !ended.data.evidence.left

/** The provider gave another refresh token for it. */
export const isSpent = ({ ended }: Sending): boolean => ended?.type === "RefreshSucceeded" && ended.data.rotated

/** Nobody can say that it did not spend the token: the answer is out, was lost, or was no plain refusal. */
export const maySpend = ({ classified, ended }: Sending): boolean => {
  switch (ended?.type) {
    case undefined:
    case "OutcomeLost":
      return true
    case "RefreshSucceeded":
      return ended.data.rotated
    case "RefreshFailed":
      return classified === undefined ? isNoRefusal(ended.data.evidence) : classified.data.suspect === true
  }
}

const isNoRefusal = ({ left, status = 500 }: Evidence): boolean => left && (status >= 500 || status === 408)

/** Both were out at once. */
export const overlap = (one: Sending, other: Sending): boolean => {
  const [first, second] = one.started.seq < other.started.seq ? [one, other] : [other, one]
  return first.ended === undefined ? second.started.at <= lastMoment(first) : second.started.seq < first.ended.seq
}

/** No answer comes later than that. */
const lastMoment = ({ started }: Sending): Instant => started.at + started.data.timeLimit

export const eventsOf = ({ classified, ended, started }: Sending): ReadonlyArray<Recorded> =>
  [started, ended, classified].filter((event) => event !== undefined)
