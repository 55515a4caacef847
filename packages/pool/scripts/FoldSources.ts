/**
 * Which sources decide what folding a ledger gives, and one hash over them all.
 */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"

/** From the root of the repository. */
export const command = "node packages/pool/scripts/fold-hash.ts"

export const output = new URL("../src/FoldHash.ts", import.meta.url)

const entries = ["RecordedText.ts", "Evolve.ts", "StateSnapshot.ts"].map(
  (name) => new URL(`../src/${name}`, import.meta.url)
)

/** The entries and all that they import of this package, by name, in the order of their names. */
export const sources = (): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  const visit = (file: URL): void => {
    if (found.has(file.href)) return
    const text = readFileSync(file, "utf8")
    found.set(file.href, text)
    importsIn(text).forEach((path) => visit(new URL(path, file)))
  }
  entries.forEach(visit)
  const named = Array.from(found, ([href, text]) => [nameOf(href), text] as const)
  return new Map(named.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const importsIn = (text: string): ReadonlyArray<string> =>
  Array.from(text.matchAll(/(?:from|import) "(\.[^"]+)"/g), ([, path = ""]) => path)

const nameOf = (href: string): string => href.slice(new URL("../src/", import.meta.url).href.length)

/** The first 16 hex digits of SHA-256 over name and text of each. */
export const hashOf = (sources: ReadonlyMap<string, string>): string =>
  createHash("sha256")
    .update(JSON.stringify(Array.from(sources)))
    .digest("hex")
    .slice(0, 16)

export const render = (): string => `/**
 * Names the fold: another value when any source changes that decides what folding a ledger gives, or how a state is
 * kept. What one fold kept, another must not read. Made by \`${command}\`.
 */
export const foldHash = "${hashOf(sources())}"
`
