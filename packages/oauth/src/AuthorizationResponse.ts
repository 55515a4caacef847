/**
 * What comes back from the browser (RFC 6749 section 4.1.2), brought by a redirect or pasted by a person. The state is
 * looked at before anything else: an answer to somebody else's login says nothing about ours.
 */
import { Redacted } from "effect"
import type { AuthorizationRequest } from "./AuthorizationRequest.ts"
import { defined } from "./internal/Defined.ts"
import { textIn } from "./internal/Json.ts"
import { plainCode, plainMessage, redactor } from "./Redact.ts"
import type { Refused } from "./TokenEndpoint.ts"

export type AuthorizationResponse =
  | { readonly _tag: "Code"; readonly code: Redacted.Redacted<string> }
  /** The person said no. */
  | { readonly _tag: "AccessDenied" }
  /** RFC 6749 section 4.1.2.1, with any other error. */
  | Refused
  /** It answers another login's request. */
  | { readonly _tag: "WrongState" }
  /** Another server answered (RFC 9207 section 2.4). */
  | { readonly _tag: "WrongIssuer" }
  /** There is neither a code nor an error in it. */
  | { readonly _tag: "NoAnswer" }

/** The query of a redirect. A parameter that comes twice is none (RFC 6749 section 3.1). */
export const responseIn = (request: AuthorizationRequest, query: URLSearchParams): AuthorizationResponse => {
  const state = single(query, "state")
  if (state === undefined && !query.has("code") && !query.has("error")) return { _tag: "NoAnswer" }
  return state === Redacted.value(request.state) ? answered(request, query) : { _tag: "WrongState" }
}

/**
 * What a person pasted: the whole address at which the browser ended, its query alone, `code#state`, or the code. A
 * bare code comes without a state; the verifier is all that ties it to this login then.
 */
export const responseInPasted = (request: AuthorizationRequest, pasted: string): AuthorizationResponse => {
  const text = pasted.trim()
  if (text === "") return { _tag: "NoAnswer" }
  if (URL.canParse(text)) return responseIn(request, parametersOf(new URL(text)))
  if (/^[?#]?[\w.-]+=/.test(text)) return responseIn(request, new URLSearchParams(text.replace(/^[?#]/, "")))
  const [, code = "", state] = /^([^\s#]+)(?:#(\S*))?$/.exec(text) ?? []
  if (code === "") return { _tag: "NoAnswer" }
  if (state !== undefined && state !== Redacted.value(request.state)) return { _tag: "WrongState" }
  return { _tag: "Code", code: Redacted.make(code, { label: "code" }) }
}

/** The page of a provider may show the code as `code#state` behind its own address. */
const parametersOf = ({ hash, searchParams }: URL): URLSearchParams => {
  const inFragment = new URLSearchParams(hash.slice(1))
  if (searchParams.has("code") && !searchParams.has("state") && /^#[^=&]+$/.test(hash)) {
    return new URLSearchParams({ code: searchParams.get("code") ?? "", state: hash.slice(1) })
  }
  return searchParams.has("code") || searchParams.has("error") ? searchParams : inFragment
}

const single = (query: URLSearchParams, name: string): string | undefined => {
  const all = query.getAll(name)
  return all.length === 1 ? textIn(all[0]) : undefined
}

const answered = (request: AuthorizationRequest, query: URLSearchParams): AuthorizationResponse => {
  if (!isItsIssuer(request, query)) return { _tag: "WrongIssuer" }
  const error = single(query, "error")
  if (error === "access_denied") return { _tag: "AccessDenied" }
  if (query.has("error")) return refusal(request, error ?? "invalid_response", single(query, "error_description"))
  const code = single(query, "code")
  return code === undefined ? { _tag: "NoAnswer" } : { _tag: "Code", code: Redacted.make(code, { label: "code" }) }
}

/** RFC 9207 section 2.4; a slash at the end is forgiven, as it is where the issuer is asked. */
const isItsIssuer = ({ issuer, namesIssuer }: AuthorizationRequest, query: URLSearchParams): boolean => {
  if (!query.has("iss")) return !namesIssuer
  return single(query, "iss")?.replace(/\/$/, "") === issuer.replace(/\/$/, "")
}

const refusal = ({ state, verifier }: AuthorizationRequest, code: string, message: string | undefined): Refused => {
  const redact = redactor([state, verifier])
  return {
    _tag: "Refused",
    evidence: defined({
      code: plainCode(code, redact),
      message: message === undefined ? undefined : textIn(plainMessage(message, redact)),
      left: true
    }),
    durationMillis: 0
  }
}
