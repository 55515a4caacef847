/**
 * Why a ledger could not be read or appended to. Callers branch on `reason._tag`; every message names the file and
 * the one next step.
 */
import type { FileError } from "@daybook/files/FileError"
import type { GrantId, Seq } from "@daybook/pool/Ids"
import { Data, Match } from "effect"
import { dirname } from "node:path"

/** The disk or the system refused: full, read-only, faulty. `code` is the system's own, such as `ENOSPC`. */
export class Unavailable extends Data.TaggedError("Unavailable")<{
  readonly operation: string
  readonly path: string
  readonly code: string
}> {}

/** There is no ledger; `path` is its folder. */
export class Missing extends Data.TaggedError("Missing")<{ readonly path: string }> {}

/** Bytes that no writer of ours left behind. Lines count from 1, `offset` is in bytes. */
export class Damaged extends Data.TaggedError("Damaged")<{
  readonly path: string
  readonly line: number
  readonly offset: number
  readonly why: string
}> {}

/** Written in a later version of the format. */
export class NewerFormat extends Data.TaggedError("NewerFormat")<{
  readonly path: string
  readonly found: number
  readonly known: number
}> {}

/** The key beside the ledger is not the one it was begun with, or is gone. */
export class WrongKey extends Data.TaggedError("WrongKey")<{ readonly path: string; readonly isMissing: boolean }> {}

/** Its writers exclude each other by another kind of lock than ours. */
export class LockMismatch extends Data.TaggedError("LockMismatch")<{
  readonly path: string
  readonly found: string
  readonly ours: string
}> {}

/** Another process held the lock for the whole time we waited, `waited` milliseconds. */
export class Busy extends Data.TaggedError("Busy")<{ readonly path: string; readonly waited: number }> {}

/** A record over the limit of a line; nothing of its append was written. */
export class TooLarge extends Data.TaggedError("TooLarge")<{ readonly type: string; readonly bytes: number }> {}

/** A grant has moved on since the decision was made: decide again on the state as it is. */
export class Conflict extends Data.TaggedError("Conflict")<{
  readonly grant: GrantId
  readonly expected: Seq
  readonly found: Seq
}> {}

/** A sealed segment is not there; it begins with event `first`. */
export class MissingSegment extends Data.TaggedError("MissingSegment")<{
  readonly path: string
  readonly first: Seq
}> {}

/** There are sealed segments, the last of them up to `path`, but none to append to. */
export class NoLiveSegment extends Data.TaggedError("NoLiveSegment")<{ readonly path: string }> {}

/** The ledger holds the events `first` to `head`; older ones were archived. */
export class NoSuchEvent extends Data.TaggedError("NoSuchEvent")<{
  readonly path: string
  readonly wanted: string
  readonly first: Seq
  readonly head: Seq
}> {}

/** The folder lies on a file system where locks may not hold, named by `kind`. */
export class NetworkFileSystem extends Data.TaggedError("NetworkFileSystem")<{
  readonly path: string
  readonly kind: string
}> {}

export type LedgerReason =
  | Unavailable
  | Missing
  | Damaged
  | NewerFormat
  | WrongKey
  | LockMismatch
  | Busy
  | TooLarge
  | MissingSegment
  | NoLiveSegment
  | NoSuchEvent
  | NetworkFileSystem

export type AppendReason = LedgerReason | Conflict

export class LedgerError extends Data.TaggedError("LedgerError")<{ readonly reason: LedgerReason }> {
  override get message(): string {
    return describe(this.reason)
  }
}

/** What a file could not be used for, as a reason of ours. */
export const ofFile = ({ code, operation, path }: FileError): LedgerError =>
  new LedgerError({ reason: new Unavailable({ operation, path, code }) })

/** After any reason but `Conflict` and `TooLarge`, whole events of the append may stand in the ledger all the same. */
export class AppendError extends Data.TaggedError("AppendError")<{ readonly reason: AppendReason }> {
  override get message(): string {
    return describe(this.reason)
  }
}

const describe: (reason: AppendReason) => string = Match.typeTags<AppendReason>()({
  Unavailable: ({ code, operation, path }) =>
    `Cannot ${operation} ${path}${ours.has(code) ? "" : ` (${code})`}. ${nextStep(code, path)}`,
  Missing: ({ path }) =>
    `There is no ledger in ${path}. Open a pool with that home to begin one, or name another folder.`,
  Damaged: ({ line, offset, path, why }) =>
    `${path} is damaged at line ${line}, byte ${offset}: ${why}. Run \`daybook verify\` to see how much is whole.`,
  NewerFormat: ({ found, known, path }) =>
    `${path} has format ${found}; this version reads up to ${known}. Update Daybook.`,
  WrongKey: ({ isMissing, path }) =>
    isMissing
      ? `${path}, the key of the ledger beside it, is missing. Put it back.`
      : `${path} is not the key its ledger was begun with. Put the right key back.`,
  LockMismatch: ({ found, ours, path }) =>
    `${path} is locked by "${found}", and this program locks by "${ours}". Open it with the lock "${found}", on a system that has it.`,
  Busy: ({ path, waited }) =>
    `Another process held ${path} for ${Math.round(waited)} ms. Try again when it has finished.`,
  TooLarge: ({ bytes, type }) => `A ${type} of ${bytes} bytes is over the limit of a record. Shorten its texts.`,
  MissingSegment: ({ first, path }) =>
    `${path}, with event ${first} and what follows, is missing. Put it back, out of the archive if it was archived.`,
  NoLiveSegment: ({ path }) =>
    `${path} is missing, though older segments of its ledger are there. Put it back; only if it is lost, run \`daybook repair\`.`,
  NoSuchEvent: ({ first, head, path, wanted }) =>
    `${path} holds events ${first} to ${head}, and not ${wanted}. ${first === 1 ? "Name one of them." : "Put archived segments back to see older ones."}`,
  NetworkFileSystem: ({ kind, path }) =>
    `${path} lies on ${kind}, where locks may not hold. Choose a folder on a local disk.`,
  Conflict: ({ expected, found, grant }) =>
    `Grant ${grant} moved from version ${expected} to ${found}. Decide again on the new state.`
})

/** The `code` of an append to a ledger that was opened to be read only. */
export const readOnly = "READ_ONLY"

/** The `code` of archiving into the folder that the segments are in. */
export const sameFolder = "SAME_FOLDER"

/** The `code` of a sync after another file took the ledger's place. */
export const replaced = "REPLACED"

/** Codes that no system gives. */
const ours: ReadonlySet<string> = new Set([readOnly, sameFolder, replaced])

const nextStep = (code: string, path: string): string => {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return `Free space on the disk of ${dirname(path)}.`
    case "EROFS":
      return `Make the file system of ${dirname(path)} writable, or choose another folder.`
    case "EACCES":
    case "EPERM":
      return `Give this user access to ${path}.`
    case "EMFILE":
    case "ENFILE":
      return "Close files or raise the limit of open files (ulimit -n)."
    case "ENOENT":
      return `Make the folder ${dirname(path)} first.`
    case "ENOTDIR":
      return "A file stands where a folder is needed; name another one."
    case "ENOTEMPTY":
      return "There is something in that folder; name another one. Nothing is overwritten."
    case "EEXIST":
      return "Another file has its name; move that one elsewhere."
    case "EBADF":
      return "It was closed before; open the ledger again."
    case replaced:
      return "Another file has taken its place; open the ledger again."
    case sameFolder:
      return "It is the ledger's own; name another."
    case readOnly:
      return "It was opened to be read only; open it without `readOnly`."
    default:
      return `Check the disk of ${dirname(path)}, then start again.`
  }
}
