/**
 * Runs a program of this package: from its bundle, or from its sources if there is no bundle or they were edited since.
 * What V8 has compiled is kept inside the bundle's folder, where nobody can put code who could not change the bundle too.
 */
import { existsSync, readFileSync, statSync } from "node:fs"
import { enableCompileCache } from "node:module"
import { fileURLToPath } from "node:url"

const bundle = fileURLToPath(new URL("../bundle/", import.meta.url))

/** @param {"main" | "handover/program" | "tour/worker"} program A file below `src/`, which is also its name in the bundle. */
export const run = async (program) => {
  if (!isCurrent()) return import(`../src/${program}.ts`)
  enableCompileCache(`${bundle}compiled`) // a folder that cannot be written is no failure
  return import(`../bundle/${program}.js`)
}

/** A package that was published has no list of sources, and no sources either. */
export const isCurrent = () => {
  const sources = `${bundle}sources.json`
  if (!existsSync(sources)) return existsSync(`${bundle}main.js`)
  return JSON.parse(readFileSync(sources, "utf8")).every(isUnchanged)
}

/** @param {[path: string, size: number, modified: number]} source As it was when the bundle was made. */
const isUnchanged = ([path, size, modified]) => {
  const now = statSync(bundle + path, { throwIfNoEntry: false })
  return now !== undefined && now.size === size && now.mtimeMs === modified
}
