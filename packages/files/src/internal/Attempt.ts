/** The one place where promised file operations become effects and what they throw becomes a FileError. */
import { Effect } from "effect"
import { FileError, type FileErrorReason, type FileOperation } from "../FileError.ts"
import { errorCode } from "./ErrorCode.ts"

/**
 * Runs to the end, whatever interrupts the fiber: half a sequence of file operations must not go on behind its back.
 */
export const attempt = <A>(
  operation: FileOperation,
  path: string,
  run: () => Promise<A>
): Effect.Effect<A, FileError> =>
  Effect.uninterruptible(Effect.tryPromise({ try: run, catch: (cause) => fromCause(operation, path, cause) }))

const fromCause = (operation: FileOperation, path: string, cause: unknown): FileError => {
  if (cause instanceof FileError) return cause
  const code = errorCode(cause)
  return new FileError({ operation, path, reason: { _tag: tags[code] ?? "Io" }, code, cause })
}

const tags: Record<string, Exclude<FileErrorReason["_tag"], "TooLarge">> = {
  ENOENT: "NotFound",
  EACCES: "PermissionDenied",
  EPERM: "PermissionDenied",
  ENOSPC: "NoSpace",
  EDQUOT: "NoSpace",
  EROFS: "ReadOnly",
  EMFILE: "Busy",
  ENFILE: "Busy"
}
