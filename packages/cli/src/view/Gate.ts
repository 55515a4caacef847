/**
 * Who may come in. A request must be meant for this very address, must not come from another site's page, and must have
 * the cookie; one without it may bring the token of an address. Everybody else is told the same, whatever they ask for.
 */
import type { IncomingHttpHeaders } from "node:http"
import type { Keys } from "./Keys.ts"

export interface Asking {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
}

export type Verdict =
  | { readonly _tag: "In" }
  /** To the page, by way of an answer that sets the cookie. */
  | { readonly _tag: "Enter"; readonly isFromElsewhere: boolean }
  | { readonly _tag: "Refused" }
  | { readonly _tag: "WrongMethod" }

const refused: Verdict = { _tag: "Refused" }

/** `host` is what a browser says of the address that was printed. */
export const judge = ({ headers, method, url }: Asking, host: string, keys: Keys): Verdict => {
  // Another name that points to this machine is not ours.
  if (headers.host !== host) return refused
  if (url.pathname.startsWith(keys.room) && isFromOurPage(headers, host) && keys.isIn(headers.cookie)) {
    return method === "GET" || method === "HEAD" ? { _tag: "In" } : { _tag: "WrongMethod" }
  }
  const token = url.pathname === "/" ? url.searchParams.get("token") : null
  if (token === null || method !== "GET" || headers.origin !== undefined) return refused
  return keys.spend(token) ? { _tag: "Enter", isFromElsewhere: !isFromOurPage(headers, host) } : refused
}

/** Or from nobody's: an address that was typed, or a program that is no browser. Other ports are another's pages. */
const isFromOurPage = (headers: IncomingHttpHeaders, host: string): boolean => {
  const { origin, "sec-fetch-site": site } = headers
  return (origin === undefined || origin === `http://${host}`) && [undefined, "same-origin", "none"].includes(one(site))
}

const one = (value: string | ReadonlyArray<string> | undefined): string | undefined =>
  typeof value === "string" || value === undefined ? value : value.join(", ")
