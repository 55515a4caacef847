/** Who may read the files of a pool: nobody but their owner. */
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
export const modesIn = (home: string): ReadonlyArray<Finding> => [
  ...expectedModes.flatMap(({ mode, name }) => findingOf(home, name, mode)),
  ...sealedSegments(home).flatMap((name) => findingOf(home, name, 0o600).filter(({ level }) => level === "problem"))
]

const findingOf = (home: string, name: string, mode: number): ReadonlyArray<Finding> => {
  const path = join(home, name)
  const found = modeOf(path)
  if (found === undefined) return name === "fingerprint.key" && hasLedger(home) ? [noKey(path)] : []
  return [modeFinding(path, found, mode)]
}

const sealedSegments = (home: string): ReadonlyArray<string> =>
  statSync(home, { throwIfNoEntry: false })?.isDirectory() === true
    ? readdirSync(home).filter((name) => /^ledger\.\d{16}\.jsonl$/.test(name))
    : []

export const modeFinding = (path: string, found: number, wanted: number): Finding =>
  (found & 0o077) === 0 ? fine(path, `mode ${octal(found)}`) : tooOpen(path, found, wanted)

const hasLedger = (home: string): boolean => existsSync(join(home, "ledger.jsonl"))

export const modeOf = (path: string): number | undefined => {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? undefined : stats.mode & 0o777
}

const octal = (mode: number): string => mode.toString(8).padStart(4, "0")

const noKey = (path: string): Finding =>
  problem(path, "the key is gone; nobody can write to this ledger without it", "Put the key back from a backup.")

const tooOpen = (path: string, found: number, wanted: number): Finding =>
  problem(path, `mode ${octal(found)}, and others may get at it`, `Run \`chmod ${octal(wanted)} ${path}\`.`)
