/**
 * How a browser comes to the page: by an address that is shown, or by one that it is handed in a file. On the command
 * line of a browser it would be for everyone on this machine to read.
 */
import { Effect, type Scope } from "effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { pathToFileURL } from "node:url"
import * as Browser from "../Browser.ts"

/** Opens an address of ours, whose letters need no escaping. The file is there until the scope ends. */
export const openBrowser = Effect.fnUntraced(function* (
  program: string,
  address: string
): Effect.fn.Return<void, never, Scope.Scope> {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "daybook-view-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  const file = join(folder, "open.html")
  const page = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${address}"><title>Daybook</title>`
  writeFileSync(file, page, { mode: 0o600 })
  yield* Browser.open(program, pathToFileURL(file).href)
})

/** Does it for each line that a person enters. */
export const onEnter = (act: () => void): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.sync(() => createInterface({ input: process.stdin, terminal: false }).on("line", act)),
      (lines) => Effect.sync(() => lines.close())
    )
  )
