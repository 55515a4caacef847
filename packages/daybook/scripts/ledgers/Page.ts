/** The page of the recorded ledgers: what each stands for, and what it shows. */
import type { Scenario } from "./Scenario.ts"

export const page = (scenarios: ReadonlyArray<Scenario>): string =>
  [intro, table(scenarios), ...scenarios.map(section)].join("\n")

const table = (scenarios: ReadonlyArray<Scenario>): string =>
  `| ledger | cause | loops |
| --- | --- | --- |
${scenarios.map(({ asked, loops, name }) => `| [${name}](#${name}) | ${asked.map(({ cause }) => `\`${cause}\``).join(", then ")} | ${wordsOf(loops)} |\n`).join("")}`

const wordsOf = (words: ReadonlyArray<string>): string =>
  words.length === 0 ? "none" : words.map((word) => `\`${word}\``).join(", ")

const intro = `# Recorded ledgers

Each folder holds the ledger of one story: a complaint that users of credential pools have made, played again. The first ones
are the reports that Daybook was begun for. Look at one:

\`\`\`text
daybook why main --ledger examples/ledgers/token-invalidated-hourly
daybook loops --ledger examples/ledgers/token-invalidated-hourly
daybook log --ledger examples/ledgers/token-invalidated-hourly
\`\`\`

Nothing is written, and no network is used. \`daybook verify\` says that each is whole, as it was recorded.

## How they came about

\`node packages/daybook/scripts/record-ledgers.ts\` records them anew: same stories, other times and ids. Programs in processes
of their own use the library on one folder, send real requests to a sandbox on loopback, and write one ledger under
real locks. A program that has to die gets a real \`SIGKILL\`. Two things are arranged. The clock of all of them is moved, so
that a day takes seconds. And the machine is called \`workstation\`.

Beside each ledger stands \`expected.json\`: whom to ask, about which moment, which cause must be named, and which loops. It is made of
the fault that is about to be injected, and written before the run. The tests hold \`why\` and \`loops\` against it.

## What there is
`

const section = ({ asked, fault, loops, name, policies = {}, story }: Scenario): string =>
  `### ${name}

${story}

- Done to it: ${fault}
${asked.map((one) => `- ${question(one)}: \`${one.cause}\`\n`).join("")}- Loops: ${wordsOf(loops)}
${Object.keys(policies)
  .map((policy) => `- A policy to compare: [${policy}.json](${name}/${policy}.json)\n`)
  .join("")}`

const question = ({ at, credential }: Scenario["asked"][number]): string =>
  `Cause for \`${credential}\` ${at === undefined ? "in the end" : `at ${at}`}`
