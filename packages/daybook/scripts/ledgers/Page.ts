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
daybook what-if --policy default --ledger examples/ledgers/token-invalidated-hourly
daybook verify examples/ledgers/token-invalidated-hourly
\`\`\`

Nothing is written, and no network is used.

## How they came about

\`node packages/daybook/scripts/record-ledgers.ts\` records them anew: same stories, other times and ids. Programs in processes
of their own use the library on one folder, send real requests to a sandbox on loopback, and write one ledger under
real locks. A program that has to die gets a real \`SIGKILL\`. Two things are arranged. The clock of all of them is moved, so
that a day takes seconds. And the machine is called \`workstation\`.

Beside each ledger stands \`expected.json\`: whom to ask, about which moment, which cause must be named, and which loops;
and where only one thing helps, what a person must be told to do. It is made of the fault that is about to be injected, and
written before the run. The tests hold \`why\`, \`loops\` and \`what-if\` against it, and decide every history again.

## What there is
`

const section = ({ asked, deadTokenRequests, fault, loops, name, story }: Scenario): string =>
  `### ${name}

${story}

- Done to it: ${fault}
${asked.map(question).join("")}- Loops: ${wordsOf(loops)}
${deadTokenRequests === undefined ? "" : comparison(name, deadTokenRequests)}`

const question = ({ at, cause, credential, next }: Scenario["asked"][number]): string => {
  const when = at === undefined ? "in the end" : `at ${at}`
  return `- Cause for \`${credential}\` ${when}: \`${cause}\`${next === undefined ? "" : `; next: \`${next}\``}\n`
}

/** By policy. */
const comparison = (name: string, requests: Readonly<Record<string, number>>): string => {
  const counts = Object.entries(requests).map(
    ([policy, count]) => `${count} under [${policy}.json](${name}/${policy}.json)`
  )
  return `- Requests with the dead token: ${counts.join(", ")}\n`
}
