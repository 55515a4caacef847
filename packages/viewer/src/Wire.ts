/**
 * What the page asks of the server, and what it gets. Lines go as they stand in the ledger, one behind the other, so
 * that the page reads them by the library's own reader; states go as `StateSnapshot` texts.
 */

/** Paths below the address of the page. Whoever asks must have the cookie. */
export const paths = {
  /** `About`, as JSON. */
  about: "/api/about",
  /** A snapshot of the state behind `?seq=`. */
  state: "/api/state",
  /** Lines `?from=` to `?to=`, both included; of them only `&types=A,B` and those in which one of `&names=` stands. */
  lines: "/api/lines",
  /** Server-sent events: `lines` with what was appended behind `?after=`, and `damage`. */
  live: "/api/live"
} as const

/** The ledger as the server knows it when it is asked. */
export interface About {
  readonly ledger: string
  /** Where it is read: a folder, or what an excerpt was made of. */
  readonly name: string
  /** The oldest event that can be read, and the newest. */
  readonly first: number
  readonly head: number
  /** The moment that was asked for with `--at`, and then nothing behind it is shown live. */
  readonly at: number | undefined
  /** The command line that serves this page again; of a report there is none. */
  readonly again?: string
  /** A ledger from elsewhere ended when it was last written; a pool's own goes on to now. */
  readonly isFromElsewhere: boolean
  /** Why the ledger cannot be read behind `head`. */
  readonly damage: string | undefined
  /** An excerpt, whose names are not the real ones. */
  readonly isExcerpt: boolean
  /** Events of a newer version. */
  readonly unknown: number
}

/** In a report file: the lines of the ledger, gzipped, in base64; and what else a server would say. */
export interface Embedded {
  readonly about: About
  readonly lines: string
}

/** The element of a report file that holds `Embedded` as JSON. */
export const embeddedId = "ledger"

/** The one policy by which the page may make a script of a text, where a browser has Trusted Types. */
export const scriptPolicy = "daybook"

/** The element of a report file that holds the source of the worker as text. */
export const workerId = "worker"
