/** The logins in a declared file, read as its declaration says. One flawed login hides no other. */
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Effect, Option, Predicate, Result, Schema } from "effect"
import type { CredentialFile, CredentialMembers } from "../CredentialFile.ts"
import type { Flaw, StoreError, StoreOperation } from "../StoreError.ts"
import { decode } from "./Decode.ts"
import { ownMember } from "./Json.ts"
import * as JsonFile from "./JsonFile.ts"
import { asObject, type Place, placesIn } from "./Place.ts"
import * as StoreErrors from "./StoreErrors.ts"
import { instant, nonBlank, secret, tokenSet } from "./Tokens.ts"

export interface DeclaredLogin {
  readonly slot: string
  readonly tokens: Result.Result<TokenSet, Flaw>
  /** False for what stands beside the logins of a `*` and says nothing of an access token: it may be anything of anybody's. */
  readonly isListed: boolean
}

/** The places that are there, blank ones too; none if the file does not exist. */
export const read = Effect.fnUntraced(function* (
  { at = [], members = usual, path }: CredentialFile,
  operation: StoreOperation
): Effect.fn.Return<ReadonlyArray<DeclaredLogin>, StoreError> {
  const document = yield* JsonFile.read(path, operation)
  if (Option.isNone(document)) return []
  const places = placesIn(document.value.value, at)
  if (Result.isFailure(places)) return yield* StoreErrors.corrupt(operation, path, places.failure)
  return places.success.map((place) => ({
    slot: place.slot,
    tokens: tokensAt(place, members),
    isListed: at.at(-1) !== "*" || hasAccess(place.value, members)
  }))
})

const hasAccess = (value: unknown, { access }: CredentialMembers): boolean =>
  Predicate.isObject(value) && ownMember(value, access) !== undefined

const usual: CredentialMembers = {
  access: "access_token",
  refresh: "refresh_token",
  idToken: "id_token",
  expiresAt: "expires_at"
}

const tokensAt = ({ path, value }: Place, members: CredentialMembers): Result.Result<TokenSet, Flaw> =>
  Result.gen(function* () {
    const login = yield* asObject(value, path)
    const member = <A>(name: string | undefined, schema: Schema.Codec<A, unknown>) =>
      decode(Schema.NullishOr(schema), name === undefined ? undefined : ownMember(login, name), [...path, name ?? ""])
    return tokenSet({
      access: secret(yield* member(members.access, Schema.String)),
      refresh: secret(yield* member(members.refresh, Schema.String)),
      idToken: secret(yield* member(members.idToken, Schema.String)),
      account: nonBlank(yield* member(members.account, Schema.String)),
      expiresAt: instant(yield* member(members.expiresAt, Moment)),
      resource: nonBlank(yield* member(members.resource, Schema.String))
    })
  })

const Moment = Schema.Union([Schema.String, Schema.Number])
