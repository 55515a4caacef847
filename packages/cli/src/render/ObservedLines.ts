/** `daybook start --observe`: what will be read, and then what was found. */
import type { StoreKind, StoreRef } from "@daybook/pool/StoreRef"
import type { Instant } from "@daybook/pool/Instant"
import { storeName } from "@daybook/words/StoreName"
import type { Paint } from "./Paint.ts"
import { table } from "./Table.ts"
import { moment } from "@daybook/words/Time"

export interface Source {
  readonly kind: StoreKind
  readonly path: string | undefined
  readonly about: string
  readonly isThere: boolean
}

export interface Observed {
  readonly id: string | undefined
  readonly label: string | undefined
  readonly provider: string
  readonly kind: "oauth" | "apiKey"
  readonly source: string
  readonly ownership: "owned" | "borrowed"
  readonly store: StoreRef
  readonly expiresAt: Instant | undefined
  /** Of the refresh token, else of the access token or key; equal for logins that share it. */
  readonly fingerprint: string | undefined
  /** Why its tokens are gone. */
  readonly lastAuthError: string | undefined
}

export const sourceLines = (sources: ReadonlyArray<Source>, paint: Paint): ReadonlyArray<string> => [
  paint("strong", "Daybook will read these, send nothing, and write nothing:"),
  ...sources.map(({ about, isThere, path }) => `  ${path ?? ""}  ${paint("faint", isThere ? about : "not there")}`),
  ""
]

const headings = ["PROVIDER", "ID", "LABEL", "SOURCE", "OWNERSHIP", "STORE", "ACCESS TOKEN ENDS", "PROBLEMS"]

export const observedLines = (observed: ReadonlyArray<Observed>, now: Instant, paint: Paint): ReadonlyArray<string> =>
  observed.length === 0
    ? [
        "No login was found.",
        "Log in with one of these programs, or name an auth.json of hermes: `daybook start --observe PATH`."
      ]
    : table(
        headings,
        observed.map((login) => cells(login, observed, now)),
        paint
      )

const cells = (login: Observed, all: ReadonlyArray<Observed>, now: Instant): ReadonlyArray<string> => [
  login.provider,
  login.id ?? "-",
  login.label ?? "-",
  `${login.kind}, ${login.source}`,
  login.ownership,
  storeName(login.store),
  login.expiresAt === undefined ? "-" : moment(login.expiresAt, now),
  problemsOf(login, all, now).join("; ") || "-"
]

const problemsOf = (login: Observed, all: ReadonlyArray<Observed>, now: Instant): ReadonlyArray<string> => {
  return [
    ...(login.lastAuthError === undefined ? [] : [`needs a new login (${login.lastAuthError})`]),
    ...(login.fingerprint === undefined && login.lastAuthError === undefined ? ["no tokens"] : []),
    ...(login.expiresAt !== undefined && login.expiresAt <= now ? ["access token is over"] : []),
    ...twinsOf(login, all).map(
      ({ store }) => `shares its refresh token with ${storeName(store)}: whoever refreshes first logs the other out`
    )
  ]
}

/** An API key may be in several places without harm. */
export const twinsOf = (login: Observed, all: ReadonlyArray<Observed>): ReadonlyArray<Observed> =>
  login.kind === "apiKey" || login.fingerprint === undefined
    ? []
    : all.filter((other) => other !== login && other.fingerprint === login.fingerprint)
