/**
 * The command and the programs that it starts as a few large modules: reading, resolving and compiling some 800 small ones
 * takes longer than most commands do. Where commands share a module, so do their parts of the bundle. The page that
 * `view` serves is in it, too.
 */
import { cpSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { type OutputOptions, type Plugin, rolldown, type RolldownOutput } from "rolldown"

const here = fileURLToPath(new URL("..", import.meta.url))
const folder = join(here, "bundle")

const programs = ["main", "handover/program", "tour/worker"]

/** The thread of long scans: the ledger looks for it beside itself. */
const sieveWorker = join(here, "../ledger/src/internal/SieveWorker.ts")

/** In place of the one that is there. */
export const make = async (): Promise<void> => {
  const making = `${folder}.${process.pid}`
  const begun = Date.now()
  try {
    const output = await build(making)
    const page = await makePage(join(making, "page"))
    writeFileSync(join(making, "sources.json"), JSON.stringify(sourcesOf([...modulesOf(output), ...page], begun)))
    rmSync(folder, { recursive: true, force: true })
    renameSync(making, folder)
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
}

/** By the viewer's own script. Answers what it was made of. */
const makePage = async (dir: string): Promise<ReadonlyArray<string>> => {
  const viewer: PageBuilder = await import(new URL("../../viewer/scripts/Build.ts", import.meta.url).href)
  const sources = await viewer.build()
  cpSync(viewer.folder, dir, { recursive: true })
  return sources
}

interface PageBuilder {
  readonly folder: string
  readonly build: () => Promise<ReadonlyArray<string>>
}

const build = async (dir: string): Promise<RolldownOutput> => {
  const bundle = await rolldown({
    input: {
      ...Object.fromEntries(programs.map((name) => [name, join(here, "src", `${name}.ts`)])),
      "sieve-worker": sieveWorker
    },
    platform: "node",
    external: ["fs-native-extensions"], // native
    plugins: [versions, namesOfUndici, segmenterWhenUsed],
    checks: { ineffectiveDynamicImport: false } // the tour shares a module with a command
  })
  try {
    return await bundle.write({ ...form, dir })
  } finally {
    await bundle.close()
  }
}

/**
 * A module and all that it needs, but for what a part of a higher priority has: so parts need each other one way only.
 * What does something while it is loaded, as `main.ts` does, is in none.
 */
const part = (name: string, test: RegExp, priority: number) => ({ name, test, priority })

/** Names and lines stay, for the trace of a mistake of ours. Parts lie beside `main.js`: they find `bin/` by their own place. */
const form: OutputOptions = {
  format: "esm",
  chunkFileNames: "[name]-[hash].js",
  comments: { jsdoc: false, annotation: false, legal: true },
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
  codeSplitting: {
    groups: [
      part("sieve", /[\\/]ledger[\\/]src[\\/]internal[\\/]Sieve\.ts$/, 5),
      part("command", /[\\/]cli[\\/]src[\\/]CommandLine\.ts$/, 4),
      part("history", /[\\/](cli[\\/]src[\\/](History\w*|render[\\/]\w+)|pool[\\/]src[\\/]queries[\\/]\w+)\.ts$/, 3),
      part("stores", /[\\/]cli[\\/]src[\\/]ReadPool\.ts$/, 1),
      part("pool", /[\\/]cli[\\/]src[\\/]WritePool\.ts$/, 0)
    ]
  }
}

/** A package's version stands in its manifest, which is not beside the bundle. */
const versions: Plugin = {
  name: "versions",
  load: (id) => {
    if (!/[\\/]src[\\/]internal[\\/]Version\.ts$/.test(id)) return
    const { version } = JSON.parse(readFileSync(manifestOf(id), "utf8"))
    return `export const version = ${JSON.stringify(version)}`
  }
}

/** It is CommonJS and is imported when it is needed; which names `export *` gives is only known when it runs. */
const namesOfUndici: Plugin = {
  name: "names of undici",
  load: (id) => {
    if (!/[\\/]platform-node[\\/]dist[\\/]Undici\.js$/.test(id)) return
    const names = Object.keys(createRequire(id)("undici"))
    return `import undici from "undici"\nexport const { ${names.join(", ")} } = undici\nexport default undici\n`
  }
}

/** Help is measured with it. To make one takes as long as half of a short command, and it is made on loading. */
const segmenterWhenUsed: Plugin = {
  name: "segmenter when used",
  transform: (code, id) =>
    /[\\/]effect[\\/]dist[\\/]cli[\\/]CliOutput\.js$/.test(id)
      ? code.replace(/new Intl\.Segmenter\([^)]*\)/, (made) => `{ segment: (text) => ${made}.segment(text) }`)
      : undefined
}

const manifestOf = (module: string): string => join(dirname(module), "../../package.json")

const modulesOf = ({ output }: RolldownOutput): ReadonlyArray<string> =>
  output.flatMap((part) => (part.type === "chunk" ? part.moduleIds : []))

type Source = readonly [path: string, size: number, modified: number]

/** All that could change it, with size and time. Of what is installed, the lock file tells. */
const sourcesOf = (modules: ReadonlyArray<string>, begun: number): ReadonlyArray<Source> => {
  const ours = [...new Set(modules)].filter((path) => !/[\\/]node_modules[\\/]/.test(path) && !path.startsWith("\0"))
  const manifests = ours.filter((path) => path.endsWith("Version.ts")).map(manifestOf)
  const lock = join(here, "../../pnpm-lock.yaml")
  return [...ours, ...manifests, lock, fileURLToPath(import.meta.url)].map((path) => sourceAt(path, begun))
}

/** One that was written meanwhile has no time: nobody knows what was read of it. */
const sourceAt = (path: string, begun: number): Source => {
  const { mtimeMs, size } = statSync(path)
  return [relative(folder, path).replaceAll("\\", "/"), size, mtimeMs < begun ? mtimeMs : 0]
}
