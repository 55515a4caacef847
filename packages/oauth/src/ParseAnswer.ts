/**
 * From an HTTP answer to tokens or to evidence. Total: no status, header or body throws, and only a 2xx with an
 * access token and without an error is a success.
 */
import { Redacted } from "effect"
import type { Evidence } from "@daybook/pool/Evidence"
import type { Instant } from "@daybook/pool/Instant"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { defined } from "./internal/Defined.ts"
import { codeOf, messageOf, saysError, secretsIn } from "./internal/ErrorBody.ts"
import { type JsonObject, textIn, valueAt } from "./internal/Json.ts"
import { endIn } from "./internal/Moment.ts"
import { isChallenge, readBody, type ReadBody, unwrapped, wordsOf } from "./internal/ReadBody.ts"
import { type HeaderFields, resetTime } from "./internal/ResetTime.ts"
import { withoutKnownTokens } from "./internal/TokenShapes.ts"
import type { AnswerNames, Provider } from "./Provider.ts"
import { exhaustedIn, quotaWindowsIn } from "./Quota.ts"
import { plainCode, plainMessage, type Redact, redactor, valueRedactor } from "./Redact.ts"

/** Longer bodies are refused unread: 1 MiB, in bytes as they come and in characters as they are handed over. */
export const maxBodyLength = 1_048_576

/** In place of a body that was too long to be read. */
export const unread = Symbol("unread")

export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: HeaderFields
  readonly body: string | typeof unread
}

export interface Received {
  /** When the answer came. */
  readonly now: Instant
  /** Every secret that was part of the request. */
  readonly secrets: ReadonlyArray<Redacted.Redacted<string>>
}

export type ParsedAnswer =
  /** `rotated`: the answer carried a refresh token other than the one that was sent. */
  | { readonly _tag: "Tokens"; readonly tokens: TokenSet; readonly rotated: boolean; readonly requestId?: string }
  /** `successor`: tokens that came although the answer is no success; they must be kept. */
  | { readonly _tag: "Refusal"; readonly evidence: Evidence; readonly successor?: TokenSet }

/** Nothing readable came back; `left` says whether the request may have reached the provider. */
export const faultEvidence = (fault: string, left: boolean, status?: number): Evidence =>
  defined({ status: statusOf(status), fault: plainCode(fault, (text) => text), left })

const statusOf = (status: number | undefined): number | undefined =>
  status !== undefined && Number.isInteger(status) && status >= 100 && status <= 999 ? status : undefined

const cookieValues = (headers: HeaderFields): ReadonlyArray<string> =>
  Array.from((headers["set-cookie"] ?? "").matchAll(/=([^;,\s]{4,})/g), (match) => match[1]!)

const bearerChallenge = (headers: HeaderFields): { code?: string; message?: string } => {
  const text = headers["www-authenticate"] ?? ""
  return defined({
    code: /\berror="([^"]*)"/i.exec(text)?.[1],
    message: /\berror_description="([^"]*)"/i.exec(text)?.[1]
  })
}

/** A request id looks like a token, so only what is known to be one keeps it out. */
const requestIdOf = (answer: Answer, body: ReadBody, redact: Redact): string | undefined => {
  const places = [
    answer.headers["x-request-id"],
    answer.headers["request-id"],
    body.members["request_id"],
    answer.headers["cf-ray"]
  ]
  const id = places.map(textIn).find((text) => text !== undefined)
  return id === undefined ? undefined : plainCode(id, (text) => withoutKnownTokens(redact(text)))
}

const secretsOf = (answer: Answer, body: ReadBody, received: Received): ReadonlyArray<Redacted.Redacted<string>> => [
  ...received.secrets,
  ...[...secretsIn(body.json), ...cookieValues(answer.headers)].map((value) => Redacted.make(value))
]

/** What may be recorded; `said` stands in for a body that says nothing. */
const evidenceIn = (
  answer: Answer,
  body: ReadBody,
  received: Received,
  said: { readonly code?: string; readonly message?: string } = {}
): Evidence => {
  const secrets = secretsOf(answer, body, received)
  const redact = redactor(secrets)
  const code = codeOf(body.members) ?? textIn(said.code)
  const words = answer.status >= 300 ? wordsOf(body) : undefined
  const message = messageOf(body.members) ?? words ?? said.message
  const windows = quotaWindowsIn(answer.headers, received.now)
  const exhausted = answer.status === 429 ? exhaustedIn(windows)?.name : undefined
  return defined({
    status: statusOf(answer.status),
    code: code === undefined ? undefined : plainCode(code, redact),
    message: message === undefined ? undefined : textIn(plainMessage(message, redact)),
    body: body.kind === "unread" ? undefined : body.kind,
    unread: body.kind === "unread" ? (true as const) : undefined,
    challenge: isChallenge(answer, body) ? (true as const) : undefined,
    exhausted: exhausted === undefined ? undefined : plainCode(exhausted, redact),
    requestId: requestIdOf(answer, body, valueRedactor(secrets)),
    retryAfter: resetTime({ ...answer, body: body.members, message, windows }, received.now),
    left: true
  })
}

/** What is recorded of an authorization server's answer that grants nothing. */
export const evidenceOf = (answer: Answer, received: Received): Evidence => evidenceIn(answer, bodyOf(answer), received)

/** What is recorded of a resource server's refusal: it may say its error in a header alone (RFC 6750 section 3). */
export const apiEvidenceOf = (answer: Answer, received: Received): Evidence =>
  evidenceIn(answer, unwrapped(bodyOf(answer)), received, bearerChallenge(answer.headers))

const bodyOf = ({ body, headers }: Answer): ReadBody =>
  readBody(typeof body === "string" && body.length <= maxBodyLength ? body : undefined, headers["content-type"] ?? "")

/** As it came: blanks around a token may belong to it. */
const secretIn = (value: unknown): Redacted.Redacted<string> | undefined =>
  typeof value === "string" && value.trim() !== "" ? Redacted.make(value) : undefined

/** RFC 6749 section 5.1, under the names that the provider uses. */
const tokensIn = (body: JsonObject, names: AnswerNames, now: Instant): TokenSet =>
  defined({
    access: secretIn(body[names.access]),
    refresh: secretIn(body["refresh_token"]),
    idToken: secretIn(body["id_token"]),
    account: textIn(valueAt(body, names.account)),
    resource: textIn(valueAt(body, names.resource)),
    expiresAt: announced(body[names.expires], now),
    deadline: announced(body[names.deadline], now),
    refreshedAt: now
  })

/** Zero seconds say nothing. */
const announced = (value: unknown, now: Instant): Instant | undefined => {
  const end = endIn(now, value)
  return end === now ? undefined : end
}

const isNew = (token: Redacted.Redacted<string>, received: Received): boolean =>
  !received.secrets.some((secret) => Redacted.value(secret) === Redacted.value(token))

/** RFC 6749 sections 5.1 and 5.2. */
export const parseAnswer = (
  { answer: names }: Pick<Provider, "answer">,
  answer: Answer,
  received: Received
): ParsedAnswer => {
  const body = bodyOf(answer)
  if (answer.status < 200 || answer.status > 299) {
    return { _tag: "Refusal", evidence: evidenceIn(answer, body, received) }
  }
  const tokens = tokensIn(body.members, names, received.now)
  const rotated = tokens.refresh !== undefined && isNew(tokens.refresh, received)
  if (tokens.access !== undefined && !saysError(body.members)) {
    const requestId = requestIdOf(answer, body, valueRedactor(secretsOf(answer, body, received)))
    return { _tag: "Tokens", tokens, rotated, ...defined({ requestId }) }
  }
  const evidence = evidenceIn(answer, body, received)
  return rotated
    ? { _tag: "Refusal", evidence: { ...evidence, successor: true }, successor: tokens }
    : { _tag: "Refusal", evidence }
}
