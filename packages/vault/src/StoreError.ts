/**
 * The one failure of everything that keeps secrets. `reason` is what a caller can act on; the message names the path,
 * the field where one is known, and the next step. It never holds a value out of the file.
 */
import { Data, Match } from "effect"

export type StoreOperation = "read" | "store" | "clear" | "lock" | "list"

/** What is wrong with a file's content: it is no JSON (`line`), or a field has the wrong type (`field`). */
export interface Flaw {
  readonly why: string
  readonly line?: number
  /** Such as `credential_pool.openai-codex[0].priority`. */
  readonly field?: string
}

export type StoreErrorReason =
  /** It is there, or may be, and cannot be read; never to be taken for empty. */
  | { readonly _tag: "Unreadable"; readonly code: string }
  /** `copy` is where the content was kept before a write was refused. */
  | ({ readonly _tag: "Corrupt"; readonly copy?: string } & Flaw)
  /** Somebody else held the lock for all of `waited` milliseconds. */
  | { readonly _tag: "Busy"; readonly waited: number; readonly holder?: string }
  /** `owner` is the folder of the ledger that the store is bound to. */
  | { readonly _tag: "ReadOnly"; readonly why: string; readonly owner?: string }
  | { readonly _tag: "NoSpace" }
  /**
   * `code` is the system's, or `NotFound` for a login that is no longer there `NotOpened` for a store nobody configured,
   * and `OtherHome` for a login of Daybook's own in a home that was moved or copied.
   */
  | { readonly _tag: "Unavailable"; readonly code: string }
  | { readonly _tag: "LockUnsupported"; readonly missing: string }

export class StoreError extends Data.TaggedError("StoreError")<{
  readonly operation: StoreOperation
  readonly path: string
  readonly reason: StoreErrorReason
}> {
  override get message(): string {
    return `Cannot ${verbs[this.operation]} ${this.path}: ${explain(this)}`
  }
}

const verbs: Record<StoreOperation, string> = {
  read: "read",
  store: "store tokens in",
  clear: "clear tokens in",
  lock: "lock",
  list: "list the logins in"
}

const explain = ({ path, reason }: StoreError): string =>
  Match.valueTags(reason, {
    Unreadable: ({ code }) => `the system answered ${code}. Make it a file that this user can read.`,
    Corrupt: ({ copy, ...flaw }) =>
      `${describe(flaw)}. Repair it or log in again with the program it belongs to; ${
        copy === undefined ? "nothing was changed." : `nothing was changed, and a copy is kept in ${copy}.`
      }`,
    Busy: ({ holder, waited }) =>
      `${holder ?? "another program"} kept its lock for ${Math.round(waited)} ms. Try again when it has finished.`,
    ReadOnly: ({ why }) => `${why}.`,
    NoSpace: () => `the disk is full. Free some space; the old content is still there.`,
    Unavailable: ({ code }) => unavailable[code] ?? `the system answered ${code}. Check ${path} and its folder.`,
    LockUnsupported: ({ missing }) => `its lock needs ${missing}, which this machine does not have. Install it.`
  })

const describe = ({ field, line, why }: Flaw): string =>
  [...(field === undefined ? [] : [`field ${field}`]), ...(line === undefined ? [] : [`line ${line}`]), why].join(": ")

const unavailable: Record<string, string> = {
  NotFound: "the login is no longer there. If it should be, log in again with the program it belongs to.",
  OtherHome:
    "it belongs to the home that this one is a copy of, or was moved from. Use that home, or move this one back to its path.",
  NotOpened: "it is not among the stores that were opened. Open it too."
}
