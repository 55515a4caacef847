/**
 * Who is meant by a token request: the grant of the token that it presents, and the protocol that it is held to.
 *
 * Several dialects can share an endpoint. A token is known only where its own dialect is spoken.
 */
import { type Dialect, type Grant } from "../Grant.ts"
import * as Grants from "../Grants.ts"
import { protocols, spokenAt } from "./Dialects.ts"
import { type Protocol } from "./Protocol.ts"
import * as RequestForm from "./RequestForm.ts"
import { type TokenRequest } from "./TokenRequest.ts"

export interface Addressed {
  readonly protocol: Protocol
  readonly presented: string | null
  readonly grant: Grant | null
  /** What is asked for, or why nothing is; a token without a grant is for the decision to refuse. */
  readonly refresh: Grants.RefreshRequest | Grants.Refusal
}

const knownHere = (state: Grants.Grants, spoken: ReadonlyArray<Protocol>, token: string): Grant | null => {
  const grant = Grants.grantOf(state, token)
  return grant !== null && spoken.includes(protocols[grant.dialect]) ? grant : null
}

const isWellFormed = (request: TokenRequest) => (protocol: Protocol) =>
  typeof RequestForm.read(protocol.request, request, null) !== "string"

/** The sandbox's own protocol where it is spoken, else the one that the request is written in, else the first. */
const forStrangers = (spoken: ReadonlyArray<Protocol>, own: Protocol, request: TokenRequest): Protocol =>
  spoken.includes(own) ? own : (spoken.find(isWellFormed(request)) ?? spoken[0] ?? own)

/** `path` is without its query, `own` the sandbox's own dialect. */
export const address = (state: Grants.Grants, own: Dialect, path: string, request: TokenRequest): Addressed => {
  const spoken = spokenAt(request.received.method, path)
  const tokens = spoken.map((protocol) => RequestForm.presented(protocol.request, request))
  const candidates = tokens
    .filter((token) => token !== null)
    .map((presented) => ({ presented, grant: knownHere(state, spoken, presented) }))
  const { presented, grant } = candidates.find(({ grant }) => grant !== null) ??
    candidates[0] ?? { presented: null, grant: null }
  const protocol = grant === null ? forStrangers(spoken, protocols[own], request) : protocols[grant.dialect]
  return { protocol, presented, grant, refresh: RequestForm.read(protocol.request, request, grant) }
}
