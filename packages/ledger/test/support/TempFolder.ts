/** A folder of a test's own, removed when its scope closes. */
import { Effect, type Scope } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export const tempFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "daybook-ledger-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)
