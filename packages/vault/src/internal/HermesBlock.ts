/** A login block of hermes' file, read in either of its shapes. */
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Predicate, Result } from "effect"
import type { AuthError } from "../Login.ts"
import type { Flaw } from "../StoreError.ts"
import { decode } from "./Decode.ts"
import { type Block, blockSlot } from "./HermesPlace.ts"
import * as HermesShape from "./HermesShape.ts"
import { ownMember } from "./Json.ts"
import { instant, nonBlank, secret, tokenSet } from "./Tokens.ts"

/** The block of this provider, if there is one. Nous' may stand where older versions kept it. */
export const parse = (
  { providers, systems }: HermesShape.AuthFile,
  provider: string
): Result.Result<Block | undefined, Flaw> => {
  const block = ownMember(providers ?? {}, provider)
  if (block !== undefined) return parseAt(["providers", provider], provider, block)
  const legacy = provider === "nous" && Predicate.isObject(systems) ? ownMember(systems, "nous_portal") : undefined
  return legacy === undefined ? Result.succeed(undefined) : parseAt(["systems", "nous_portal"], provider, legacy)
}

const parseAt = (path: ReadonlyArray<string>, provider: string, value: unknown): Result.Result<Block, Flaw> =>
  isFlat(provider, value)
    ? Result.map(decode(HermesShape.FlatBlock, value, path), (block) => ({
        ...common(path, provider, block),
        tokens: flatTokens(block),
        isFlat: true,
        onlyHermes: whyOnlyHermes(provider, block)
      }))
    : Result.map(decode(HermesShape.NestedBlock, value, path), (block) => ({
        ...common(path, provider, block),
        tokens: nestedTokens(block),
        isFlat: false,
        onlyHermes: undefined
      }))

const isFlat = (provider: string, value: unknown): boolean =>
  provider === "nous" ||
  provider === "minimax-oauth" ||
  (Predicate.isObject(value) && !Object.hasOwn(value, "tokens") && Object.hasOwn(value, "access_token"))

const common = (
  path: ReadonlyArray<string>,
  provider: string,
  { label, last_auth_error }: HermesShape.NestedBlock | HermesShape.FlatBlock
) => ({
  slot: blockSlot(provider),
  provider,
  path,
  label: label ?? undefined,
  lastAuthError: last_auth_error
    ? authError(last_auth_error.code, last_auth_error.message, last_auth_error.at, last_auth_error.reason)
    : undefined
})

export const authError = (
  code: string | number | null | undefined,
  message: string | null | undefined,
  moment: string | number | null | undefined,
  reason?: string | null
): AuthError => {
  const at = instant(moment)
  return {
    code: String(code ?? "unknown"),
    message: message ?? "",
    ...(reason && { reason }),
    ...(at !== undefined && { at })
  }
}

const nestedTokens = ({ last_refresh, tokens }: HermesShape.NestedBlock): TokenSet =>
  tokenSet({
    access: secret(tokens?.access_token),
    refresh: secret(tokens?.refresh_token),
    idToken: secret(tokens?.id_token),
    account: nonBlank(tokens?.account_id),
    expiresAt: instant(tokens?.expires_at),
    refreshedAt: instant(last_refresh)
  })

const flatTokens = (block: HermesShape.FlatBlock): TokenSet =>
  tokenSet({
    access: secret(block.access_token),
    refresh: secret(block.refresh_token),
    idToken: secret(block.id_token),
    account: nonBlank(block.account_id),
    expiresAt: instant(block.expires_at),
    refreshedAt: instant(block.obtained_at) ?? instant(block.last_refresh)
  })

const whyOnlyHermes = (provider: string, block: HermesShape.FlatBlock): string | undefined => {
  if (provider === "minimax-oauth") return unlocked
  if (provider !== "nous") return undefined
  if (block.auth_method === "anonymous") return "it is a guest's login, which only hermes can renew"
  return isNousPortal(block.portal_base_url)
    ? undefined
    : "it was made at another portal than the one Daybook asks; let hermes refresh it"
}

/** Why MiniMax' logins are not refreshed beside a hermes. */
export const unlocked =
  "hermes sends its refresh token without holding a lock, so nobody else can; let hermes refresh it"

/** An address of long ago stays in many files; hermes puts the portal's in its place, so it says nothing. */
const isNousPortal = (address: string | null | undefined): boolean =>
  !nonBlank(address) || /^https?:\/\/(portal|api)\.nousresearch\.com(\/|$)/.test(address ?? "")
