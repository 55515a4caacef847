/**
 * The code and the words of an error body, in the shapes that providers use: nested `error.code`, else `error.type`
 * (OpenAI, Anthropic); flat `error` with `error_description` (RFC 6749 section 5.2); top-level `code`.
 */
import { isObject, type JsonObject, textIn } from "./Json.ts"

const isName = (text: string): boolean => /^[A-Za-z0-9_.:-]{1,64}$/.test(text)

const flatCode = (body: JsonObject): string | undefined => {
  const flat = textIn(body["error"])
  return flat !== undefined && isName(flat) ? flat : undefined
}

/** A flat `error` that is a sentence stands back behind a top-level `code`. */
export const codeOf = (body: JsonObject): string | undefined => {
  const nested = isObject(body["error"]) ? body["error"] : {}
  return (
    textIn(nested["code"]) ?? textIn(nested["type"]) ?? flatCode(body) ?? textIn(body["code"]) ?? textIn(body["error"])
  )
}

export const messageOf = (body: JsonObject): string | undefined => {
  const nested = isObject(body["error"]) ? body["error"] : {}
  const candidates = [
    nested["message"],
    nested["error_description"],
    body["error_description"],
    body["message"],
    body["detail"],
    body["error"]
  ]
  return candidates.map(textIn).find((text) => text !== undefined && text !== flatCode(body))
}

/** A 2xx that carries one of these is no success, whatever else it carries. */
export const saysError = (body: JsonObject): boolean =>
  textIn(body["error"]) !== undefined || (isObject(body["error"]) && Object.keys(body["error"]).length > 0)

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
