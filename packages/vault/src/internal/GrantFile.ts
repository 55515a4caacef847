/** The file of one grant in Daybook's own store. A storage contract: fields are added, never renamed. */
import { GrantId } from "@daybook/pool/Ids"
import { format, Instant } from "@daybook/pool/Instant"
import { isBlank } from "@daybook/pool/TokenSet"
import { Option, Result, Schema } from "effect"
import { basename } from "node:path"
import type { Login } from "../Login.ts"
import type { Flaw } from "../StoreError.ts"
import { decode } from "./Decode.ts"
import type { FindSlot, Slot } from "./FileAuthority.ts"
import { edit, type Json, patch } from "./Json.ts"
import type { JsonText } from "./JsonText.ts"
import { fromStored, StoredTokens, toStored } from "./Tokens.ts"

export const GrantFile = Schema.Struct({
  version: Schema.Literal(1),
  grant: GrantId,
  provider: Schema.NonEmptyString,
  label: Schema.optionalKey(Schema.String),
  source: Schema.String,
  account: Schema.optionalKey(Schema.String),
  tokens: StoredTokens,
  last_auth_error: Schema.optionalKey(Schema.Struct({ code: Schema.String, message: Schema.String, at: Instant }))
})
export type GrantFile = typeof GrantFile.Type

export const toLogin = (path: string, file: GrantFile): Login => {
  const tokens = fromStored(file.tokens, file.account)
  return {
    store: { kind: "own", path, slot: basename(path, ".json") },
    provider: file.provider,
    kind: "oauth",
    ownership: "owned",
    source: file.source,
    ...(file.label !== undefined && { label: file.label }),
    priority: 0,
    tokens,
    ...(file.last_auth_error && isBlank(tokens) && { lastAuthError: file.last_auth_error })
  }
}

export const findSlot: FindSlot = (document) =>
  Option.match(document, { onNone: () => Result.succeed(removed), onSome: slotOf })

const removed: Slot = {
  tokens: {},
  stored: () => undefined,
  cleared: () => ({ json: {}, removed: [] })
}

const slotOf = ({ original, value }: JsonText): Result.Result<Slot, Flaw> =>
  Result.map(decode(GrantFile, value), ({ account, tokens }) => ({
    tokens: fromStored(tokens, account),
    stored: (next) =>
      patch(
        edit(original, "tokens", (fields) => patch(fields, toStored(next))),
        { account: next.account, last_auth_error: undefined }
      ),
    cleared: ({ at, code, message }) => ({
      json: patch(edit(original, "tokens", withoutTokens), { last_auth_error: { code, message, at: format(at) } }),
      removed: []
    })
  }))

const withoutTokens = (tokens: Json): Json =>
  patch(tokens, { access_token: undefined, refresh_token: undefined, logged_in_at: undefined, deadline: undefined })
