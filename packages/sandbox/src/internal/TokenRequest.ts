/** Reads the body of a token request: a form as RFC 6749 wants it, or JSON as some providers do. */
import { Predicate } from "effect"
import { type RefreshRequest, type Refusal } from "../Grants.ts"

type Parameters = (name: string) => string | null

const formParameters = (body: string): Parameters => {
  const form = new URLSearchParams(body)
  return (name) => (form.getAll(name).length === 1 ? form.get(name) : null)
}

const jsonParameters = (body: string): Parameters => {
  const value = parseJson(body)
  return (name) => {
    const member = Predicate.hasProperty(value, name) ? value[name] : null
    return Predicate.isString(member) ? member : null
  }
}

/** The JSON value of a text, null if it is none. */
export const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

/** The parameters of a form or JSON body; a parameter that is missing, repeated or not text is null. */
export const parameters = (contentType: string, body: string): Parameters => {
  if (contentType.startsWith("application/json")) return jsonParameters(body)
  if (contentType.startsWith("application/x-www-form-urlencoded")) return formParameters(body)
  return () => null
}

/** The refresh request, or why it is none. */
export const parse = (contentType: string, body: string): RefreshRequest | Refusal => {
  const get = parameters(contentType, body)
  const grantType = get("grant_type")
  const refreshToken = get("refresh_token")
  if (grantType !== null && grantType !== "refresh_token") return "unsupportedGrantType"
  if (grantType === null || refreshToken === null || refreshToken === "") return "malformed"
  return { refreshToken, clientId: get("client_id") }
}
