/** A chokidar watcher as a scoped resource whose failures are PlatformErrors. */
import { watch as chokidar, type ChokidarOptions, type EmitArgsWithName } from "chokidar"
import { Effect, PlatformError, type Scope } from "effect"
import { errorCode } from "./ErrorCode.ts"

export interface Listener {
  readonly onEvent: (event: EmitArgsWithName[0], path: string) => void
  readonly onReady: () => void
  readonly onError: (error: PlatformError.PlatformError) => void
}

/** Existing files are no events; a temp file renamed over a watched one is a single `change`. */
export const watch = (
  path: string,
  options: ChokidarOptions,
  listener: Listener
): Effect.Effect<unknown, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() =>
      chokidar(path, { ignoreInitial: true, atomic: true, ...options })
        .on("all", listener.onEvent)
        .on("ready", listener.onReady)
        .on("error", (cause) => listener.onError(toPlatformError(path, cause)))
    ),
    (watcher) => Effect.promise(() => watcher.close())
  )

const toPlatformError = (path: string, cause: unknown): PlatformError.PlatformError =>
  PlatformError.systemError({
    _tag: "Unknown",
    module: "FileSystem",
    method: "watch",
    pathOrDescriptor: path,
    description: errorCode(cause),
    cause
  })
