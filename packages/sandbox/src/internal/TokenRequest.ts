/**
 * A token request as it was received, its body readable as a form or as JSON, before anyone judges whether it is
 * written as its dialect wants.
 */
import { Predicate } from "effect"
import { type ReceivedRequest } from "../ReceivedRequest.ts"
import * as Connection from "./Connection.ts"

export type Encoding = "form" | "json"

/** The body's parameters. `get` is null for one that is missing, repeated or not text. */
export interface Body {
  /** What the content type says; null if it is something else or absent. */
  readonly encoding: Encoding | null
  readonly get: (name: string) => string | null
  readonly has: (name: string) => boolean
}

export interface TokenRequest {
  readonly received: ReceivedRequest
  readonly body: Body
}

/** The JSON value of a text, null if it is none. */
export const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

const formBody = (body: string): Body => {
  const form = new URLSearchParams(body)
  return {
    encoding: "form",
    get: (name) => (form.getAll(name).length === 1 ? form.get(name) : null),
    has: (name) => form.has(name)
  }
}

const jsonBody = (body: string): Body => {
  const value = parseJson(body)
  const member = (name: string) => (Predicate.hasProperty(value, name) ? value[name] : null)
  return {
    encoding: "json",
    get: (name) => {
      const found = member(name)
      return Predicate.isString(found) ? found : null
    },
    has: (name) => Predicate.hasProperty(value, name)
  }
}

const unreadable: Body = { encoding: null, get: () => null, has: () => false }

/** The body as its content type says. */
export const parseBody = (contentType: string | null, body: string): Body => {
  if (contentType?.startsWith("application/json")) return jsonBody(body)
  if (contentType?.startsWith("application/x-www-form-urlencoded")) return formBody(body)
  return unreadable
}

const hopByHop = new Set(["host", "connection", "content-length"])

/** Every header that speaks of the request itself; one sent twice has both values, joined by a comma. */
export const headersOf = ({ request }: Connection.Connection): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headersDistinct)
      .filter(([name]) => !hopByHop.has(name))
      .map(([name, values]) => [name, (values ?? []).join(", ")])
  )

/** The request with its body, which is `text`. */
export const make = (connection: Connection.Connection, text: string): TokenRequest => {
  const contentType = Connection.header(connection, "content-type")
  return {
    received: {
      method: connection.request.method ?? "",
      path: connection.request.url ?? "",
      contentType,
      headers: headersOf(connection),
      body: text
    },
    body: parseBody(contentType, text)
  }
}
