/** What an authorization server answers in the device flow (RFC 8628), read from whatever came: total and pure. */
import { Redacted, Result } from "effect"
import type { Evidence } from "@daybook/pool/Evidence"
import type { Instant } from "@daybook/pool/Instant"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { Answered, Unsupported } from "./internal/Ask.ts"
import { defined } from "./internal/Defined.ts"
import { saysError } from "./internal/ErrorBody.ts"
import { isObject, type JsonObject, numberIn, parseJson, textIn } from "./internal/Json.ts"
import { isConfidential } from "./internal/Loopback.ts"
import { secondsAfter } from "./internal/Moment.ts"
import { loginAnswerOf } from "./internal/LoginAnswer.ts"
import { evidenceOf } from "./ParseAnswer.ts"
import type { Provider } from "./Provider.ts"
import type { Refused } from "./TokenEndpoint.ts"

/** RFC 8628 section 3.2: what to show to the user, and what to poll with. */
export interface Started {
  readonly _tag: "Started"
  readonly deviceCode: Redacted.Redacted<string>
  /** Sent with each poll, where the device proves itself (RFC 7636). */
  readonly verifier?: Redacted.Redacted<string>
  /** Of printable characters. */
  readonly userCode: string
  /** https, or http on loopback. */
  readonly verificationUri: string
  /** The same with the user code in it, for a QR code or a browser on this machine. */
  readonly verificationUriComplete?: string
  /** The least time between two polls. */
  readonly intervalMillis: number
  readonly expiresAt: Instant
}

export type StartAnswer = Started | Refused | Unsupported

/** RFC 6749 section 5.1, as the end of a device flow: a login of its own. */
export interface Granted {
  readonly _tag: "Granted"
  readonly tokens: TokenSet
  readonly requestId?: string
  readonly durationMillis: number
}

/** The user has not decided yet. */
export interface AuthorizationPending {
  readonly _tag: "AuthorizationPending"
}

/** The user has not decided yet, and from now on there must be more time between two polls. */
export interface SlowDown {
  readonly _tag: "SlowDown"
  readonly intervalMillis: number
}

/** The user said no. */
export interface AccessDenied {
  readonly _tag: "AccessDenied"
}

/** The user did not decide in time; a new device flow may be started. */
export interface ExpiredToken {
  readonly _tag: "ExpiredToken"
}

/** The user said yes, and the code that came of it was not taken: there is nothing more to poll for. */
export interface CodeRefused extends Omit<Refused, "_tag"> {
  readonly _tag: "CodeRefused"
}

/** How a device flow ends. */
export type Outcome = Granted | AccessDenied | ExpiredToken | Refused | CodeRefused | Unsupported

/** RFC 8628 section 3.5. */
export type PollAnswer = Outcome | AuthorizationPending | SlowDown

const defaultInterval = 5_000

/** RFC 8628 section 3.5: by so much the time between two polls grows when the server says `slow_down`. */
const slowDownBy = 5_000

/** RFC 8628 section 3.2. */
export const startAnswerOf = ({ answer, durationMillis, received }: Answered): StartAnswer => {
  const ok = answer.status >= 200 && answer.status <= 299 && typeof answer.body === "string"
  const body = ok ? Result.getOrUndefined(parseJson(answer.body)) : undefined
  const started = isObject(body) && !saysError(body) ? startedIn(body, received.now) : undefined
  return started ?? { _tag: "Refused", evidence: evidenceOf(answer, received), durationMillis }
}

/** Nothing if one of the members is missing that section 3.2 requires. */
const startedIn = (body: JsonObject, now: Instant): Started | undefined => {
  const deviceCode = textIn(body["device_code"])
  const userCode = printableIn(body["user_code"])
  const verificationUri = pageIn(body["verification_uri"])
  const expiresAt = secondsAfter(now, body["expires_in"])
  if (!deviceCode || !userCode || !verificationUri || expiresAt === undefined) return undefined
  return {
    _tag: "Started",
    deviceCode: Redacted.make(deviceCode, { label: "device_code" }),
    userCode,
    verificationUri,
    ...defined({ verificationUriComplete: pageIn(body["verification_uri_complete"]) }),
    intervalMillis: intervalIn(body["interval"]),
    expiresAt
  }
}

const intervalIn = (value: unknown): number => {
  const seconds = numberIn(value) ?? 0
  return seconds > 0 ? seconds * 1000 : defaultInterval
}

/** It is shown on a terminal, which obeys control characters. */
export const printableIn = (value: unknown): string | undefined => {
  const text = textIn(value) ?? ""
  return /^\P{C}{1,128}$/u.test(text) ? text : undefined
}

/** It is shown to a person, and may be opened in a browser: nothing but a web page will do. */
const pageIn = (value: unknown): string | undefined => {
  const text = textIn(value) ?? ""
  return URL.canParse(text) && isConfidential(new URL(text)) ? new URL(text).href : undefined
}

/** RFC 8628 sections 3.4 and 3.5; errors are told apart by their codes, whatever the status. */
export const pollAnswerOf = (provider: Provider, { intervalMillis }: Started, asked: Answered): PollAnswer => {
  const answer = loginAnswerOf(provider, asked)
  if (answer._tag === "Granted") return answer
  return openOrOver(answer.evidence, intervalMillis) ?? answer
}

const openOrOver = ({ code }: Evidence, intervalMillis: number): PollAnswer | undefined => {
  switch (code?.toLowerCase()) {
    case "authorization_pending":
      return { _tag: "AuthorizationPending" }
    case "slow_down":
      return { _tag: "SlowDown", intervalMillis: intervalMillis + slowDownBy }
    case "access_denied":
      return { _tag: "AccessDenied" }
    case "expired_token":
      return { _tag: "ExpiredToken" }
    default:
      return undefined
  }
}
