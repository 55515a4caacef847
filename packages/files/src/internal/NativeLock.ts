/**
 * The two calls of `fs-native-extensions` that Daybook uses: an open-file-description lock on Linux, `flock(2)` on
 * macOS, `LockFileEx` on Windows. Loaded at first use, because the package has no build for every platform.
 */
import { Effect } from "effect"
import { createRequire } from "node:module"
import { LockError, LockUnsupported } from "../LockError.ts"

export interface NativeLock {
  /**
   * False when another descriptor holds the lock; throws a system error otherwise. Without a length: to the end of the
   * file, wherever that will be.
   */
  readonly tryLock: (fd: number, offset?: number, length?: number, options?: { readonly shared: boolean }) => boolean
  readonly unlock: (fd: number, offset?: number, length?: number) => void
}

/** `flock(2)` locks whole files only. */
export const hasRanges = process.platform !== "darwin"

const require = createRequire(import.meta.url)

export const load = (path: string): Effect.Effect<NativeLock, LockError> =>
  Effect.try({
    try: build,
    catch: () => new LockError({ path, reason: noBuild() })
  })

export const isAvailable = (): boolean => {
  try {
    build()
    return true
  } catch {
    return false
  }
}

/** Node keeps a loaded module, so only the first call costs anything. */
const build = (): NativeLock => require("fs-native-extensions")

const noBuild = () =>
  new LockUnsupported({
    platform: `${process.platform} ${process.arch}`,
    missing: "a working build of the package fs-native-extensions"
  })
