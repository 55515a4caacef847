/** How failures of files and locks become the store's own. */
import type { FileError } from "@daybook/files/FileError"
import type { LockError } from "@daybook/files/LockError"
import { Match } from "effect"
import { type Flaw, StoreError, type StoreErrorReason, type StoreOperation } from "../StoreError.ts"

export const unreadable =
  (operation: StoreOperation) =>
  ({ code, path }: FileError): StoreError =>
    new StoreError({ operation, path, reason: { _tag: "Unreadable", code } })

export const unwritable =
  (operation: StoreOperation) =>
  ({ code, path, reason }: FileError): StoreError =>
    new StoreError({ operation, path, reason: reason._tag === "NoSpace" ? { _tag: "NoSpace" } : unavailable(code) })

export const notLocked = ({ path, reason }: LockError): StoreError =>
  new StoreError({ operation: "lock", path, reason: lockReason(reason) })

const lockReason = (reason: LockError["reason"]): StoreErrorReason =>
  Match.valueTags(reason, {
    LockTimeout: ({ holder, waited }): StoreErrorReason => ({
      _tag: "Busy",
      waited,
      ...(holder !== undefined && { holder })
    }),
    LockUnavailable: ({ cause }) => unavailable(cause),
    LockUnsupported: ({ missing }): StoreErrorReason => ({ _tag: "LockUnsupported", missing })
  })

const unavailable = (code: string): StoreErrorReason =>
  code === "EROFS"
    ? { _tag: "ReadOnly", why: "its file system is mounted read-only; mount it writable" }
    : { _tag: "Unavailable", code }

export const corrupt = (operation: StoreOperation, path: string, flaw: Flaw): StoreError =>
  new StoreError({ operation, path, reason: { _tag: "Corrupt", ...flaw } })
