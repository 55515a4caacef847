/** The fields of hermes' blocks and rows under new tokens, and under none. */
import { format } from "@daybook/pool/Instant"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Predicate } from "effect"
import type { Note } from "../Authority.ts"
import type { Block } from "./HermesPlace.ts"
import { edit, type Json, patch } from "./Json.ts"
import { iso, offset, reveal } from "./Tokens.ts"

type Shape = Pick<Block, "isFlat" | "provider">

export const blockWith =
  ({ isFlat, provider }: Shape, tokens: TokenSet) =>
  (block: Json): Json => {
    const lifted = patch(block, { last_auth_error: undefined })
    return isFlat
      ? patch(lifted, {
          ...pairFields(tokens),
          ...flatFields(lifted, tokens),
          ...(provider === "nous" && agentKey(tokens))
        })
      : patch(
          edit(lifted, "tokens", (fields) => patch(fields, { ...tokenFields(tokens), ...expiry(fields, tokens) })),
          { last_refresh: iso(tokens.refreshedAt) }
        )
  }

export const rowWith = (row: Json, provider: string, tokens: TokenSet): Json =>
  patch(row, {
    ...pairFields(tokens),
    ...onlyWhereSet(row, { id_token: reveal(tokens.idToken), account_id: tokens.account }),
    ...expiry(row, tokens),
    ...onlyWhereSet(row, { obtained_at: offset(tokens.refreshedAt) }),
    ...(provider === "nous" && onlyWhereSet(row, agentKey(tokens))),
    ...(provider === "nous" && { agent_key: reveal(tokens.access), agent_key_expires_at: offset(tokens.expiresAt) }),
    last_refresh: iso(tokens.refreshedAt),
    last_status: null,
    last_status_at: null,
    last_error_code: null,
    last_error_reason: null,
    last_error_message: null,
    last_error_reset_at: null
  })

const pairFields = ({ access, refresh }: TokenSet): Json => ({
  access_token: reveal(access),
  refresh_token: reveal(refresh)
})

const tokenFields = (tokens: TokenSet): Json => ({
  ...pairFields(tokens),
  id_token: reveal(tokens.idToken),
  account_id: tokens.account
})

/** Those of a block whose tokens stand among them. An end that is not known is none, so that no old one stays. */
const flatFields = (block: Json, tokens: TokenSet): Json => ({
  ...onlyWhereSet(block, { id_token: reveal(tokens.idToken), account_id: tokens.account }),
  obtained_at: offset(tokens.refreshedAt),
  expires_at: offset(tokens.expiresAt),
  expires_in: lifetime(tokens)
})

/** Nous' access token serves as its agent key. */
const agentKey = (tokens: TokenSet): Json => ({
  agent_key: reveal(tokens.access),
  agent_key_id: null,
  agent_key_expires_at: offset(tokens.expiresAt),
  agent_key_expires_in: lifetime(tokens),
  agent_key_reused: false,
  agent_key_obtained_at: offset(tokens.refreshedAt)
})

/** In whole seconds. */
const lifetime = ({ expiresAt, refreshedAt }: TokenSet): number | undefined =>
  expiresAt === undefined || refreshedAt === undefined
    ? undefined
    : Math.max(0, Math.floor((expiresAt - refreshedAt) / 1000))

/** An expiry of the old tokens must not stay behind. A lifetime that is not told anew stays as it was. */
const expiry = (fields: Json, tokens: TokenSet): Json => {
  const seconds = lifetime(tokens)
  return {
    ...onlyWhereSet(fields, { expires_at: iso(tokens.expiresAt), expires_at_ms: tokens.expiresAt }),
    ...(seconds !== undefined && onlyWhereSet(fields, { expires_in: seconds }))
  }
}

const onlyWhereSet = (fields: Json, values: Json): Json =>
  Object.fromEntries(Object.entries(values).filter(([key]) => Predicate.isNotNullish(fields[key])))

/** `hadRows`: the login was in hermes' pool, and not in its block alone. */
export const deadBlock =
  ({ isFlat, provider }: Shape, { at, code, message }: Note, hadRows: boolean) =>
  (block: Json): Json =>
    patch(isFlat ? withoutFlatTokens(block) : edit(block, "tokens", (tokens) => patch(tokens, noPair)), {
      last_auth_error: {
        provider,
        code,
        message,
        reason: hadRows ? "credential_pool_refresh_failure" : reasonWithoutRows(provider),
        relogin_required: true,
        at: format(at)
      }
    })

/** hermes' names for the two ways on which it refreshes a login without asking its pool. */
const reasonWithoutRows = (provider: string): string =>
  provider === "nous" ? "runtime_access_refresh_failure" : "runtime_refresh_failure"

const noPair: Json = { access_token: undefined, refresh_token: undefined }

const withoutFlatTokens = (block: Json): Json =>
  Object.fromEntries(Object.entries(patch(block, noPair)).filter(([key]) => !/^agent_key(_|$)/.test(key)))

export const deadRow = (row: Json, { at, code, message }: Note): Json =>
  patch(row, {
    ...noPair,
    last_status: "dead",
    last_status_at: at / 1000,
    last_error_code: 401,
    last_error_reason: code,
    last_error_message: message,
    last_error_reset_at: null
  })
