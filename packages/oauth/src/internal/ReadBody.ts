/** What kind of body came, and its members if it is a JSON object. */
import { Result } from "effect"
import type { Evidence } from "@daybook/pool/Evidence"
import type { Answer } from "../ParseAnswer.ts"
import { isObject, type JsonObject, parseJson } from "./Json.ts"

export interface ReadBody {
  readonly kind: Evidence["body"] | "unread"
  readonly text: string
  readonly members: JsonObject
  readonly json: unknown
}

const looksLikeHtml = (text: string, contentType: string): boolean =>
  /^text\/html\b/i.test(contentType) || /^\s*<(?:!doctype\s+html|html|head|body)\b/i.test(text)

/** Google's streaming methods send a list, and an error as its only item. */
export const unwrapped = (body: ReadBody): ReadBody => {
  const [item, ...others] = Array.isArray(body.json) ? body.json : []
  return isObject(item) && others.length === 0 ? { ...body, members: item } : body
}

/** Nothing was read of a body that is `undefined`. */
export const readBody = (text: string | undefined, contentType: string): ReadBody => {
  if (text === undefined) return { kind: "unread", text: "", members: {}, json: undefined }
  if (text.trim() === "") return { kind: "empty", text, members: {}, json: undefined }
  const parsed = parseJson(text)
  if (Result.isSuccess(parsed)) {
    return { kind: "json", text, members: isObject(parsed.success) ? parsed.success : {}, json: parsed.success }
  }
  return { kind: looksLikeHtml(text, contentType) ? "html" : "text", text, members: {}, json: undefined }
}

const pageMarks = /just a moment\.\.\.|challenge-platform|cf-chl-|attention required!|security checkpoint/i

/**
 * Cloudflare and Vercel name a challenge in a header; other challenges only show in the page. A page under a 5xx
 * proves nothing: the request may have gone through before it failed.
 */
export const isChallenge = (answer: Answer, body: ReadBody): boolean =>
  answer.headers["cf-mitigated"] !== undefined ||
  answer.headers["x-vercel-mitigated"] !== undefined ||
  (body.kind === "html" && answer.status < 500 && pageMarks.test(body.text.slice(0, 65_536)))

/** The words of a body that is no JSON: a page's title, or the text unless it is JSON cut short. */
export const wordsOf = ({ kind, text }: ReadBody): string | undefined => {
  if (kind === "html") return /<title>([^<]*)<\/title>/i.exec(text.slice(0, 65_536))?.[1]
  return kind === "text" && !/^\s*[[{"]/.test(text) ? text : undefined
}
