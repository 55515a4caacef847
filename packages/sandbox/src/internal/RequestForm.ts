/** How a dialect wants a token request written, as data, and the judgement whether one is. */
import { type Grant } from "../Grant.ts"
import { type RefreshRequest, type Refusal } from "../Grants.ts"
import { type Encoding, type TokenRequest } from "./TokenRequest.ts"

export interface RequestForm {
  readonly method: "POST" | "GET"
  readonly path: string
  /** How the body may be written; none where there must be no body. */
  readonly encodings: ReadonlyArray<Encoding>
  /** The header that carries the refresh token, after `scheme` if there is one; null if the body carries it. */
  readonly tokenHeader: { readonly name: string; readonly scheme?: string } | null
  /** Headers that must be there, in lower case. */
  readonly headers: ReadonlyArray<string>
  /**
   * `named`: `client_id` must be there. `asRegistered`: what the grant's options name of `client_id` and
   * `client_secret` must be there. `optional`: nothing must.
   */
  readonly client: "named" | "asRegistered" | "optional"
}

/** RFC 6749 section 6, for a client without a secret: a form-encoded POST of grant type, refresh token and client id. */
export const formPost = (path: string): RequestForm => ({
  method: "POST",
  path,
  encodings: ["form"],
  tokenHeader: null,
  headers: [],
  client: "named"
})

const headerToken = (value: string, scheme: string | undefined): string | null => {
  if (scheme === undefined) return value
  const [, given, token] = /^(\S+) +(\S+)$/.exec(value) ?? []
  return given?.toLowerCase() === scheme ? (token ?? null) : null
}

/** The refresh token, if one is in the place where this form has it. */
export const presented = ({ tokenHeader }: RequestForm, { received, body }: TokenRequest): string | null => {
  const token =
    tokenHeader === null
      ? body.get("refresh_token")
      : headerToken(received.headers[tokenHeader.name] ?? "", tokenHeader.scheme)
  return token === "" ? null : token
}

const hasItsBody = (form: RequestForm, { received, body }: TokenRequest) => {
  if (form.encodings.length === 0) return received.body === ""
  if (body.encoding === null || !form.encodings.includes(body.encoding)) return false
  return body.get("grant_type") !== null && (form.tokenHeader === null || !body.has("refresh_token"))
}

const clientParameters = ({ client }: RequestForm, grant: Grant | null): ReadonlyArray<string> => {
  if (client === "named") return ["client_id"]
  if (client === "optional" || grant === null) return []
  const { clientId, clientSecret } = grant.policy
  return [...(clientId === null ? [] : ["client_id"]), ...(clientSecret === null ? [] : ["client_secret"])]
}

const isComplete = (form: RequestForm, { received, body }: TokenRequest, grant: Grant | null) =>
  form.headers.every((name) => (received.headers[name] ?? "") !== "") &&
  clientParameters(form, grant).every((name) => (body.get(name) ?? "") !== "")

/** The refresh request, or why it is none; `grant` is the one that the token belongs to. */
export const read = (form: RequestForm, request: TokenRequest, grant: Grant | null): RefreshRequest | Refusal => {
  const { body } = request
  const grantType = body.get("grant_type")
  if (grantType !== null && grantType !== "refresh_token") return "unsupportedGrantType"
  const refreshToken = presented(form, request)
  if (refreshToken === null || !hasItsBody(form, request) || !isComplete(form, request, grant)) return "malformed"
  return { refreshToken, clientId: body.get("client_id"), clientSecret: body.get("client_secret") }
}
