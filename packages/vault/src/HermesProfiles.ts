/**
 * hermes' profiles: `profiles/<name>/auth.json` below its own folder. A profile borrows the logins of the root, whose
 * file alone counts for them, and may have logins of its own. Daybook shows those, and only hermes refreshes them.
 */
import { Effect } from "effect"
import { readdirSync } from "node:fs"
import { basename, dirname, join } from "node:path"

/** The name of the profile whose `auth.json` this is; nothing if it is no profile's. */
export const profileOf = (path: string): string | undefined => {
  const folder = dirname(path)
  return basename(dirname(folder)) === "profiles" ? basename(folder) : undefined
}

/** hermes' own folder, of which this may be a profile's file. */
export const rootOf = (path: string): string =>
  profileOf(path) === undefined ? dirname(path) : dirname(dirname(dirname(path)))

/** Of the profiles that are there now; a root without profiles, and a profile, have none. */
export const profileFiles = (path: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.sync(() => (profileOf(path) === undefined ? namesIn(path).map((name) => fileOf(path, name)) : []))

/** Whether this is the file of a profile of that root. */
export const isProfileOf = (root: string, path: string): boolean =>
  profileOf(root) === undefined && profileOf(path) !== undefined && rootOf(path) === dirname(root)

const fileOf = (path: string, name: string): string => join(folderOf(path), name, basename(path))

const folderOf = (path: string): string => join(dirname(path), "profiles")

/** What cannot be listed has no profiles that hermes could use either. */
const namesIn = (path: string): ReadonlyArray<string> => {
  try {
    return readdirSync(folderOf(path), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map(({ name }) => name)
      .toSorted()
  } catch {
    return []
  }
}
