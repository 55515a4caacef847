/** What is asked of a long ledger, and how long the answer may take. */
import { fileURLToPath } from "node:url"
import type { Sight } from "../ledger/BigLedger.ts"

export interface Look {
  readonly what: string
  /** Of node, for a moment. */
  readonly args: (sight: Sight) => ReadonlyArray<string>
  /** Milliseconds. */
  readonly bar?: number
  /** How often, at most. */
  readonly times?: number
}

const daybook = fileURLToPath(new URL("../../packages/cli/bin/daybook.js", import.meta.url))

/** MB, for each of them. */
export const memoryBar = 200

const seconds = 1_000

export const looks = (home: string): ReadonlyArray<Look> => {
  const look = (what: string, bar: number | undefined, args: Look["args"], times?: number): Look => ({
    what,
    args: (sight) => [daybook, ...args(sight), "--home", home],
    ...(bar === undefined ? {} : { bar }),
    ...(times === undefined ? {} : { times })
  })
  return [
    { what: "node -e 0", args: () => ["-e", "0"] },
    { what: "daybook --version", args: () => [daybook, "--version"] },
    look("show --at SEQ", 150, ({ seq }) => ["show", "--at", `${seq}`]),
    look("show --at TIME", 150, ({ at }) => ["show", "--at", new Date(at).toISOString()]),
    look("show --at ID", 150, ({ id }) => ["show", "--at", id]),
    look("show codex-7 --at SEQ", 150, ({ seq }) => ["show", "codex-7", "--at", `${seq}`]),
    look("diff SEQ SEQ", undefined, ({ seq }) => ["diff", `${Math.max(1, seq - 100)}`, `${seq}`]),
    look("bisect --when", 300, ({ seq }) => ["bisect", "--when", `head >= ${seq}`]),
    look("why codex-7", 3 * seconds, () => ["why", "codex-7"]),
    look("why codex-7 --at SEQ", 3 * seconds, ({ seq }) => ["why", "codex-7", "--at", `${seq}`]),
    look("loops", 3 * seconds, () => ["loops"], few),
    look("lineage codex-7", undefined, () => ["lineage", "codex-7"], few),
    look("audit", undefined, () => ["audit"], few),
    look("log --credential codex-7", undefined, () => ["log", "--credential", "codex-7"], few),
    look("export --csv --credential codex-7", undefined, () => ["export", "--csv", "--credential", "codex-7"], few),
    look("export", undefined, () => ["export"], few)
  ]
}

const few = 3
