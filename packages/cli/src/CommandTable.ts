/**
 * The subcommands by name, in the order of `--help`. A command is made known by one line here, which imports its module;
 * nothing else does, so what one command needs is loaded for that command alone. A command that is named like a word of
 * JavaScript's has another name in its module, as `import` has.
 */
import { Command } from "effect/cli"

export const table = {
  start: async () => (await import("./commands/Start.ts")).start,
  status: async () => (await import("./commands/Status.ts")).status,
  list: async () => (await import("./commands/List.ts")).list,
  log: async () => (await import("./commands/Log.ts")).log,
  story: async () => (await import("./commands/Story.ts")).story,
  show: async () => (await import("./commands/Show.ts")).show,
  diff: async () => (await import("./commands/Diff.ts")).diff,
  why: async () => (await import("./commands/Why.ts")).why,
  audit: async () => (await import("./commands/Audit.ts")).audit,
  lineage: async () => (await import("./commands/Lineage.ts")).lineage,
  loops: async () => (await import("./commands/Loops.ts")).loops,
  trace: async () => (await import("./commands/Trace.ts")).trace,
  bisect: async () => (await import("./commands/Bisect.ts")).bisect,
  "what-if": async () => (await import("./commands/WhatIf.ts")).whatIf,
  replay: async () => (await import("./commands/Replay.ts")).replay,
  export: async () => (await import("./commands/Export.ts")).exportEvents,
  view: async () => (await import("./commands/View.ts")).view,
  bundle: async () => (await import("./commands/Bundle.ts")).bundle,
  hash: async () => (await import("./commands/Hash.ts")).hash,
  login: async () => (await import("./commands/Login.ts")).login,
  explain: async () => (await import("./commands/Explain.ts")).explain,
  token: async () => (await import("./commands/Token.ts")).token,
  exec: async () => (await import("./commands/Exec.ts")).exec,
  enrol: async () => (await import("./commands/Enrol.ts")).enrol,
  refresh: async () => (await import("./commands/Refresh.ts")).refresh,
  pause: async () => (await import("./commands/Pause.ts")).pause,
  resume: async () => (await import("./commands/Resume.ts")).resume,
  revive: async () => (await import("./commands/Revive.ts")).revive,
  remove: async () => (await import("./commands/Remove.ts")).remove,
  relabel: async () => (await import("./commands/Relabel.ts")).relabel,
  prioritise: async () => (await import("./commands/Prioritise.ts")).prioritise,
  import: async () => (await import("./commands/Import.ts")).importLogin,
  logout: async () => (await import("./commands/Logout.ts")).logout,
  doctor: async () => (await import("./commands/Doctor.ts")).doctor,
  verify: async () => (await import("./commands/Verify.ts")).verify,
  checkpoint: async () => (await import("./commands/Checkpoint.ts")).checkpoint,
  archive: async () => (await import("./commands/Archive.ts")).archive,
  repair: async () => (await import("./commands/Repair.ts")).repair,
  corpus: async () => (await import("./commands/Corpus.ts")).corpus,
  classify: async () => (await import("./commands/Classify.ts")).classify
}
type Name = keyof typeof table

const names = Object.keys(table) as ReadonlyArray<Name>

/**
 * Those that the command line names. The others are there by their names alone: the answer to a typo is the nearest of
 * all of them. All are loaded for whoever asks what they do, or names none of them.
 */
export const commandsFor = (line: ReadonlyArray<string>) => {
  const words = line.includes("--") ? line.slice(0, line.indexOf("--")) : line
  const isNamed = (name: Name) => words.includes(name)
  const isHelp = words.some((word) => describing.has(word)) || !names.some(isNamed)
  const isWanted = isHelp && !words.some((word) => versions.has(word)) ? () => true : isNamed
  return Promise.all(names.map((name) => (isWanted(name) ? table[name]() : nameOf(name))))
}

const describing = new Set(["--help", "-h", "--completions", "--wizard"])
const versions = new Set(["--version", "-v"])

const nameOf = async (name: Name) => Command.make(name)
