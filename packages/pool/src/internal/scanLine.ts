/**
 * Reads the text of a line without making an object of all of it: what stands before `data` is cut out, and only `data`
 * is parsed. It looks at the form of the line and not at what its strings and numbers are. What is cut out keeps the
 * text in memory, so a text should be one line's own and not a piece of a larger one.
 */
import * as Instant from "../Instant.ts"
import type { Recorded } from "../Recorded.ts"
import { Cursor } from "./Cursor.ts"
import { lineKinds } from "./lineKinds.ts"

/** The event that stands here if its values are what its schema says; none if the line has another form. */
export const scanLine = (text: string): Recorded | undefined => {
  const cursor = new Cursor(text)
  cursor.expect('{"seq":')
  const seq = cursor.takeNumber()
  cursor.expect(',"at":"')
  const at = Instant.read(cursor.take(24))
  cursor.expect('","id":"')
  const id = cursor.take(36)
  cursor.expect('","actor":"')
  const actor = cursor.take(36)
  cursor.expect('","type":"')
  const kind = lineKinds.get(cursor.takeQuoted())
  cursor.expect(',"v":1')
  const credential = cursor.passes(',"credential":"') ? cursor.takeQuoted() : undefined
  const cause = cursor.passes(',"cause":"') ? cursor.takeQuoted() : undefined
  const correlation = cursor.passes(',"correlation":"') ? cursor.takeQuoted() : undefined
  cursor.expect(',"data":')
  if (cursor.isLost || at === undefined || kind === undefined) return undefined
  if (credential !== undefined && !kind.namesCredential) return undefined
  const event: Record<string, unknown> = { seq, at, id, actor, type: kind.type, v: 1, data: parse(cursor.rest()) }
  if (credential !== undefined) event["credential"] = credential
  if (cause !== undefined) event["cause"] = cause
  if (correlation !== undefined) event["correlation"] = correlation
  return kind.settle(event, "data") ? (event as unknown as Recorded) : undefined
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
