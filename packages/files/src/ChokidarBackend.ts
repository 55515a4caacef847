/**
 * File watching by chokidar: as the backend of Effect's own `FileSystem.watch`, and as ticks for one file that may not
 * exist yet. Watchers end with their stream.
 */
import { Cause, type Duration, Effect, FileSystem, Layer, Option, type PlatformError, Queue, Stream } from "effect"
import { statSync } from "node:fs"
import * as Chokidar from "./internal/Chokidar.ts"
import { errorCode } from "./internal/ErrorCode.ts"

/** Provide it together with a `FileSystem`; a file replaced by a rename arrives as one `Update`. */
export const layer: Layer.Layer<FileSystem.WatchBackend> = Layer.succeed(FileSystem.WatchBackend, {
  register: (path, info, options) => Option.some(watchEvents(path, info.type === "Directory", options))
})

const watchEvents = (path: string, isDirectory: boolean, options: FileSystem.WatchOptions | undefined) =>
  Stream.callback<FileSystem.WatchEvent, PlatformError.PlatformError>((queue) =>
    Chokidar.watch(path, isDirectory && options?.recursive ? {} : { depth: 0 }, {
      onEvent: (event, path) => {
        const make = toWatchEvent[event]
        if (make) Queue.offerUnsafe(queue, make(path))
      },
      onReady: () => options?.onReady?.(),
      onError: (error) => Queue.failCauseUnsafe(queue, Cause.fail(error))
    })
  )

const toWatchEvent: Record<string, (path: string) => FileSystem.WatchEvent> = {
  add: (path) => ({ _tag: "Create", path }),
  addDir: (path) => ({ _tag: "Create", path }),
  change: (path) => ({ _tag: "Update", path }),
  unlink: (path) => ({ _tag: "Remove", path }),
  unlinkDir: (path) => ({ _tag: "Remove", path })
}

/**
 * A tick whenever something may have happened to the file since the stream began: it appeared, was written, replaced
 * or removed. Ticks that nobody has taken yet become one. A look at the file's inode, size and times every `pollEvery`
 * (5 seconds unless given) catches what the system's own notices miss, as on network disks and behind symbolic links.
 */
export const changes = (
  path: string,
  options?: { readonly pollEvery?: Duration.Input | undefined }
): Stream.Stream<void, PlatformError.PlatformError> =>
  Stream.callback<void, PlatformError.PlatformError>(
    Effect.fnUntraced(function* (queue) {
      let seen = identity(path)
      const tick = (found: string) => {
        seen = found
        Queue.offerUnsafe(queue, undefined)
      }
      const look = () => {
        const found = identity(path)
        if (found !== seen) tick(found)
      }
      // Without a depth a folder that does not exist yet is followed too; "native" never watches a whole tree.
      yield* Chokidar.watch(
        path,
        { backend: "native" },
        {
          onEvent: (event) => {
            if (!event.endsWith("Dir")) tick(identity(path))
          },
          onReady: look,
          onError: (error) => Queue.failCauseUnsafe(queue, Cause.fail(error))
        }
      )
      return yield* Effect.sync(look).pipe(Effect.delay(options?.pollEvery ?? "5 seconds"), Effect.forever)
    }),
    { bufferSize: 1, strategy: "sliding" }
  )

/** Equal as long as the file is the same one, unchanged; a file that cannot be looked at is told by the reason. */
const identity = (path: string): string => {
  try {
    const { ctimeNs, dev, ino, mtimeNs, size } = statSync(path, { bigint: true })
    return [dev, ino, size, mtimeNs, ctimeNs].join(" ")
  } catch (cause) {
    return errorCode(cause)
  }
}
