/**
 * The one failure of reading and writing whole files and folders. `reason` is what went wrong, `code` the system's
 * own word for it, and the message names the path and the next step.
 */
import { Data, Match } from "effect"
import { dirname } from "node:path"

export type FileOperation = "read" | "write" | "reserve" | "copy" | "sweep" | "create" | "sync" | "inspect"

/** `Busy` means no free file descriptor; `TooLarge` that the file has more bytes than the caller allowed. */
export type FileErrorReason =
  | { readonly _tag: "NotFound" }
  | { readonly _tag: "PermissionDenied" }
  | { readonly _tag: "NoSpace" }
  | { readonly _tag: "ReadOnly" }
  | { readonly _tag: "Busy" }
  | { readonly _tag: "TooLarge"; readonly maxBytes: number }
  | { readonly _tag: "Io" }

export class FileError extends Data.TaggedError("FileError")<{
  readonly operation: FileOperation
  readonly path: string
  readonly reason: FileErrorReason
  readonly code: string
  readonly cause?: unknown
}> {
  override get message(): string {
    return `Cannot ${this.operation} ${this.path} (${this.code}). ${nextStep(this)}`
  }
}

const nextStep = ({ operation, path, reason }: FileError): string =>
  Match.valueTags(reason, {
    NotFound: () => `Check that ${operation === "write" || operation === "reserve" ? dirname(path) : path} exists.`,
    PermissionDenied: () =>
      operation === "read" || operation === "inspect"
        ? "Make it readable for this user."
        : `Make ${dirname(path)} writable for this user.`,
    NoSpace: () => `Free space on the disk of ${dirname(path)}.`,
    ReadOnly: () => `Make the file system of ${dirname(path)} writable.`,
    Busy: () => "Close files or raise the limit of open files (ulimit -n).",
    TooLarge: ({ maxBytes }) => `It has more than ${maxBytes} bytes: check that it is the right file.`,
    Io: () => `Check the path and the disk of ${dirname(path)}.`
  })
