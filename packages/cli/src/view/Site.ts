/**
 * The page as it was built: a few files, read once. They lie in the bundle; whoever runs the sources has built them
 * beside the page's own sources.
 */
import { Effect } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { exitCodes } from "../ExitCode.ts"
import { Stop } from "../Stop.ts"

export interface Site {
  readonly html: string
  readonly css: string
  readonly app: string
  readonly worker: string
}

export const names: Readonly<Record<keyof Site, string>> = {
  html: "page.html",
  css: "page.css",
  app: "app.js",
  worker: "worker.js"
}

const inBundle = fileURLToPath(new URL("page/", import.meta.url))
const besideSources = fileURLToPath(new URL("../../../viewer/built/", import.meta.url))

export const read: Effect.Effect<Site, Stop> = Effect.suspend(() => {
  const folder = [inBundle, besideSources].find((folder) => existsSync(join(folder, names.html)))
  if (folder === undefined) return Effect.fail(notBuilt)
  const text = (name: keyof Site) => readFileSync(join(folder, names[name]), "utf8")
  return Effect.succeed({ html: text("html"), css: text("css"), app: text("app"), worker: text("worker") })
})

const notBuilt = new Stop({
  exitCode: exitCodes.error,
  message: "The page is not built yet. Build it with `node packages/viewer/scripts/make.ts` in Daybook's sources."
})
