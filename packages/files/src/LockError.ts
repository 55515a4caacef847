/**
 * The one failure of taking a kernel lock, whichever kind of lock it is. `reason` says what a caller can do: wait
 * and try again (`LockTimeout`), repair the file (`LockUnavailable`), or do without (`LockUnsupported`).
 */
import { Data, Match } from "effect"

/**
 * Somebody else held the lock for the whole time allowed. `waited` is in milliseconds; `holder` names a program and
 * its pid where the kernel tells.
 */
export class LockTimeout extends Data.TaggedError("LockTimeout")<{
  readonly waited: number
  readonly holder?: string | undefined
}> {}

/**
 * The lock file could not be opened or locked at all; `cause` is the system's code, such as `EACCES` or `ENOLCK`, or
 * SQLite's, such as `SQLITE_NOTADB`.
 */
export class LockUnavailable extends Data.TaggedError("LockUnavailable")<{
  readonly cause: string
}> {}

/** This machine has no such lock; `missing` names what would have to be installed. */
export class LockUnsupported extends Data.TaggedError("LockUnsupported")<{
  readonly platform: string
  readonly missing: string
}> {}

export type LockErrorReason = LockTimeout | LockUnavailable | LockUnsupported

export class LockError extends Data.TaggedError("LockError")<{
  readonly path: string
  readonly reason: LockErrorReason
}> {
  override get message(): string {
    return `Cannot lock ${this.path}: ${explain(this.path, this.reason)}`
  }
}

const explain = (path: string, reason: LockErrorReason): string =>
  Match.valueTags(reason, {
    LockTimeout: ({ holder, waited }) =>
      `${holder ?? "another holder"} kept it for ${Math.round(waited)} ms. Try again when it has finished.`,
    LockUnavailable: ({ cause }) => `the system answered ${cause}. ${repair(path, cause)}`,
    LockUnsupported: ({ missing, platform }) => `${missing} is missing on ${platform}. Install it.`
  })

const repair = (path: string, cause: string): string =>
  cause === "ENOTEMPTY" || cause === "SQLITE_NOTADB"
    ? `A lock file is empty and this one is not: check that ${path} is the right path.`
    : `Check that ${path} and its folder exist and are writable, on a local disk.`
