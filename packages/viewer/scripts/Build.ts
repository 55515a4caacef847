/**
 * The page as a few files: `app.js` and its worker, the style and the HTML around them. A report file has them all in one,
 * so none of them imports another.
 */
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"

const here = fileURLToPath(new URL("..", import.meta.url))

/** Where the built page is. */
export const folder = join(here, "built")

/** One style sheet, in this order. */
const styles = ["page/page.css", "timeline/timeline.css"].map((name) => join(here, "src", name))

/** In place of the one that is there. Answers what it was made of. */
export const build = async (): Promise<ReadonlyArray<string>> => {
  const making = `${folder}.${process.pid}`
  mkdirSync(making)
  const app = await script("app", "src/page/main.tsx", making)
  const worker = await script("worker", "src/worker.ts", making)
  const html = join(here, "src/page/page.html")
  copyFileSync(html, join(making, "page.html"))
  writeFileSync(join(making, "page.css"), styles.map((path) => readFileSync(path, "utf8")).join("\n"))
  rmSync(folder, { recursive: true, force: true })
  renameSync(making, folder)
  return [...new Set([...app, ...worker]), html, ...styles, fileURLToPath(import.meta.url)]
}

const script = async (name: string, entry: string, dir: string): Promise<ReadonlyArray<string>> => {
  const bundle = await rolldown({
    input: { [name]: join(here, entry) },
    platform: "browser"
  })
  const { output } = await bundle.write({
    dir,
    format: "iife",
    entryFileNames: `${name}.js`,
    minify: true,
    codeSplitting: false
  })
  await bundle.close()
  return output.flatMap((part) => (part.type === "chunk" ? part.moduleIds : []))
}
