/**
 * The code and the words of an error body, in the shapes that providers use: nested `error.code`, else `error.type`
 * (OpenAI, Anthropic), else `error.status` (Google); flat `error` with `error_description` (RFC 6749 section 5.2);
 * top-level `code`; MiniMax' `base_resp`.
 */
import { isObject, type JsonObject, numberIn, textIn } from "./Json.ts"

const isName = (text: string): boolean => /^[A-Za-z0-9_.:-]{1,64}$/.test(text)

const nameIn = (value: unknown): string | undefined => {
  const text = textIn(value)
  return text !== undefined && isName(text) ? text : undefined
}

const objectIn = (body: JsonObject, name: string): JsonObject => {
  const value = body[name]
  return isObject(value) ? value : {}
}

/** A flat `error` that is a sentence stands back behind a top-level `code`. */
export const codeOf = (body: JsonObject): string | undefined => {
  const nested = objectIn(body, "error")
  return (
    textIn(nested["code"]) ??
    textIn(nested["type"]) ??
    textIn(nested["status"]) ??
    nameIn(body["error"]) ??
    textIn(body["code"]) ??
    textIn(body["error"]) ??
    enclosedCode(body)
  )
}

/** `base_resp` comes with successes too; only a `status_code` other than 0 is an error. */
const enclosedError = (body: JsonObject): JsonObject | undefined => {
  const enclosed = objectIn(body, "base_resp")
  const code = numberIn(enclosed["status_code"])
  return code !== undefined && code !== 0 ? enclosed : undefined
}

const enclosedCode = (body: JsonObject): string | undefined => {
  const error = enclosedError(body)
  return error === undefined ? undefined : (nameIn(error["status_msg"]) ?? String(error["status_code"]))
}

export const messageOf = (body: JsonObject): string | undefined => {
  const nested = objectIn(body, "error")
  const candidates = [
    nested["message"],
    nested["error_description"],
    body["error_description"],
    body["message"],
    body["detail"],
    body["error"],
    enclosedError(body)?.["status_msg"]
  ]
  return candidates.map(textIn).find((text) => text !== undefined && text !== nameIn(body["error"]))
}

/** A 2xx that carries one of these is no success, whatever else it carries. */
export const saysError = (body: JsonObject): boolean =>
  textIn(body["error"]) !== undefined ||
  Object.keys(objectIn(body, "error")).length > 0 ||
  enclosedError(body) !== undefined

const secretName = /(?:token|secret|password|cookie|key|assertion|authorization|session)$/i

/** Header and member names whose values are secrets. */
export const isSecretName = (name: string): boolean => secretName.test(name)

/** Every value in a body that stands under a secret's name, at any depth. */
export const secretsIn = (body: unknown): ReadonlyArray<string> => {
  const found: Array<string> = []
  const open: Array<unknown> = [body]
  while (open.length > 0) {
    const next = open.pop()
    if (typeof next !== "object" || next === null) continue
    for (const [name, value] of Object.entries(next)) {
      if (typeof value === "object") open.push(value)
      else if (typeof value === "string" && value.length >= 4 && isSecretName(name)) found.push(value)
    }
  }
  return found
}
