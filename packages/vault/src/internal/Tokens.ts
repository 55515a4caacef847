/** Between token sets and the fields of files. This and `reveal` at the moment of writing is all that sees a token. */
import { format, Instant } from "@daybook/pool/Instant"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Redacted, Schema } from "effect"
import type { Json } from "./Json.ts"

/** A string that may also be missing or null. */
export const text = Schema.optionalKey(Schema.NullOr(Schema.String))

/** ISO 8601, or epoch seconds, or epoch milliseconds; may also be missing or null. */
export const moment = Schema.optionalKey(Schema.NullOr(Schema.Union([Schema.String, Schema.Number])))

type Text = string | null | undefined
type Moment = string | number | null | undefined

/** The text, if there is more in it than blanks. */
export const nonBlank = (text: Text): string | undefined => (text?.trim() ? text : undefined)

/** Blank is nothing. */
export const secret = (text: Text): Redacted.Redacted<string> | undefined =>
  text?.trim() ? Redacted.make(text) : undefined

export const reveal = (secret: Redacted.Redacted<string> | undefined): string | undefined =>
  secret && Redacted.value(secret)

/**
 * Nothing for what names no moment, for zero, which programs write for "unknown", and for what is too late to be
 * recorded, which they write for "never".
 */
export const instant = (moment: Moment): Instant | undefined => {
  const millis = Math.floor(millisOf(moment))
  return millis > 0 && isInstant(millis) ? millis : undefined
}

const isInstant = Schema.is(Instant)

/** NaN for what is neither a number, written as one or as a text, nor a date. */
const millisOf = (moment: Moment): number => {
  if (typeof moment === "string" && isoDate.test(moment)) return Date.parse(inUtc(moment))
  const number = typeof moment === "string" && !decimal.test(moment) ? Number.NaN : Number(moment)
  return number > 1e12 ? number : number * 1000
}

/** A time without a zone is UTC, and not that of whoever happens to read it. */
const inUtc = (date: string): string => (/[T ][\d:.]+$/.test(date) ? `${date}Z` : date)

/** Asked first, since `Date.parse` finds a date in nearly every text with a digit in it. */
const isoDate = /^\d{4}-\d{2}-\d{2}/
const decimal = /^\d+(\.\d+)?$/

export const iso = (instant: Instant | undefined): string | undefined =>
  instant === undefined ? undefined : format(instant)

/** The same with an offset for a zone, as Python writes it: older ones do not read a `Z`. */
export const offset = (instant: Instant | undefined): string | undefined => iso(instant)?.replace(/Z$/, "+00:00")

/** Leaves out what is undefined. */
export const tokenSet = (tokens: { readonly [Key in keyof TokenSet]: TokenSet[Key] | undefined }): TokenSet =>
  Object.fromEntries(Object.entries(tokens).filter(([, value]) => value !== undefined))

export const withoutBlanks = ({ access, idToken, refresh, ...rest }: TokenSet): TokenSet =>
  tokenSet({
    ...rest,
    access: secret(reveal(access)),
    refresh: secret(reveal(refresh)),
    idToken: secret(reveal(idToken))
  })

/** The tokens in Daybook's own files. */
export const StoredTokens = Schema.Struct({
  access_token: text,
  refresh_token: text,
  id_token: text,
  expires_at: moment,
  refreshed_at: moment,
  logged_in_at: moment,
  deadline: moment,
  resource: text
})

export const fromStored = (stored: typeof StoredTokens.Type, account: string | undefined): TokenSet =>
  tokenSet({
    access: secret(stored.access_token),
    refresh: secret(stored.refresh_token),
    idToken: secret(stored.id_token),
    account,
    expiresAt: instant(stored.expires_at),
    refreshedAt: instant(stored.refreshed_at),
    loggedInAt: instant(stored.logged_in_at),
    deadline: instant(stored.deadline),
    resource: nonBlank(stored.resource)
  })

/** In clear, for the file; fields that are undefined are to be left out. */
export const toStored = (tokens: TokenSet): Json => ({
  access_token: reveal(tokens.access),
  refresh_token: reveal(tokens.refresh),
  id_token: reveal(tokens.idToken),
  expires_at: iso(tokens.expiresAt),
  refreshed_at: iso(tokens.refreshedAt),
  logged_in_at: iso(tokens.loggedInAt),
  deadline: iso(tokens.deadline),
  resource: tokens.resource
})
