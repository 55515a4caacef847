/** Paths behind symbolic links. */
import { Effect } from "effect"
import { realpath } from "node:fs/promises"

/** The path with its links followed, or as it is when it leads nowhere. */
export const realOr = (path: string): Effect.Effect<string> => Effect.promise(() => realpath(path).catch(() => path))
