/**
 * An HTTP answer as plain data, before anything is written to a socket.
 *
 * `ending` says how the server delivers it: whole, cut in the middle of its body, or not at all because the socket is
 * reset.
 */

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The error code that the body carries, for the journal. */
  readonly code: string | null
  readonly ending: "whole" | "cut" | "reset"
  /** Said in advance how long it is, or piece by piece. */
  readonly framing: "length" | "chunked"
}

/** Whether an answer of a token endpoint grants; some dialects refuse under status 200. */
export const grants = ({ status, code }: Answer): boolean => status === 200 && code === null

export const json = (status: number, body: unknown, code: string | null = null): Answer => ({
  status,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify(body),
  code,
  ending: "whole",
  framing: "length"
})

export const html = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8", ...headers },
  body,
  code: null,
  ending: "whole",
  framing: "length"
})

export const empty = (status: number, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers,
  body: "",
  code: null,
  ending: "whole",
  framing: "length"
})

export const withHeaders = (answer: Answer, headers: Readonly<Record<string, string>>): Answer => ({
  ...answer,
  headers: { ...answer.headers, ...headers }
})

export const ending = (how: Answer["ending"], answer: Answer): Answer => ({ ...answer, ending: how })
