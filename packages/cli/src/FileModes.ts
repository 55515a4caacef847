/** Who may read the files of a pool: nobody but their owner. */
import { Predicate } from "effect"
import { existsSync, readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { fine, type Finding, problem } from "./Finding.ts"

const expectedModes = [
  { name: "", mode: 0o700 },
  { name: "ledger.jsonl", mode: 0o600 },
  { name: "fingerprint.key", mode: 0o600 },
  { name: "ledger.lock", mode: 0o600 },
  { name: "ledger.base", mode: 0o600 },
  { name: "index.bin", mode: 0o600 },
  { name: "snapshots", mode: 0o700 }
]

/** Missing files are somebody else's finding. Of sealed segments, which may be many, only those that others can read. */
export const modesIn = (home: string): ReadonlyArray<Finding> => {
  const names = attempt(() => readdirSync(home))
  // What a folder that cannot be entered holds is not said file by file.
  if (typeof names === "string" && names !== "ENOENT" && names !== "ENOTDIR") return [hidden(home, names)]
  const segments = typeof names === "string" ? [] : names.filter((name) => /^ledger\.\d{16}\.jsonl$/.test(name))
  return [
    ...expectedModes.flatMap(({ mode, name }) => findingOf(home, name, mode)),
    ...segments.flatMap((name) => findingOf(home, name, 0o600).filter(({ level }) => level === "problem"))
  ]
}

const findingOf = (home: string, name: string, mode: number): ReadonlyArray<Finding> => {
  const path = join(home, name)
  const found = modeOf(path)
  if (typeof found === "string") return [hidden(path, found)]
  if (found === undefined) return name === "fingerprint.key" && hasLedger(home) ? [noKey(path)] : []
  return [modeFinding(path, found, mode)]
}

export const modeFinding = (path: string, found: number, wanted: number): Finding =>
  (found & 0o077) === 0 ? fine(path, `mode ${octal(found)}`) : tooOpen(path, found, wanted)

const hasLedger = (home: string): boolean => existsSync(join(home, "ledger.jsonl"))

/** `undefined` if nothing is there, and the error's code if it cannot be looked at, such as `EACCES`. */
export const modeOf = (path: string): number | string | undefined => {
  const stats = attempt(() => statSync(path, { throwIfNoEntry: false }))
  return typeof stats === "object" ? stats.mode & 0o777 : stats
}

const attempt = <A>(look: () => A): A | string => {
  try {
    return look()
  } catch (error) {
    return Predicate.hasProperty(error, "code") ? String(error.code) : String(error)
  }
}

export const hidden = (path: string, code: string): Finding =>
  problem(path, `it cannot be looked at: ${code}`, "Let the user that runs this read it, or run this as its owner.")

const octal = (mode: number): string => mode.toString(8).padStart(4, "0")

const noKey = (path: string): Finding =>
  problem(path, "the key is gone; nobody can write to this ledger without it", "Put the key back from a backup.")

const tooOpen = (path: string, found: number, wanted: number): Finding =>
  problem(path, `mode ${octal(found)}, and others may get at it`, `Run \`chmod ${octal(wanted)} ${path}\`.`)
