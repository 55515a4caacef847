/** What the tour says before and after the events. */
import type { Stage } from "../tour/Stage.ts"
import type { Paint } from "./Paint.ts"

export const openingLines = (
  { home, vault }: Pick<Stage, "home" | "vault">,
  origin: string,
  workers: number,
  paint: Paint
): ReadonlyArray<string> => [
  paint("strong", "Daybook: one pool of logins, several processes, and a ledger of everything that happens to them."),
  `  provider   a sandbox at ${origin}; no real provider is contacted`,
  `  logins     ${vault}: three of openai-codex with single-use refresh tokens, one API key`,
  `  ledger     ${home}`,
  `  workers    ${workers} processes, each asking the pool for a token and calling the API with it`,
  "",
  "What follows is the ledger as it grows (daybook log --follow), with a word in between."
]

export interface Counts {
  readonly posts: number
  readonly rotations: number
  readonly reuses: number
}

export const serverLines = ({ posts, reuses, rotations }: Counts, paint: Paint): ReadonlyArray<string> => [
  paint("strong", "\nWhat the server saw, by its own journal:"),
  `  ${posts} refresh requests, ${rotations} rotations, ${reuses} spent ${reuses === 1 ? "token" : "tokens"} sent again${
    reuses === 0 ? "" : " (after the killed worker's answer was lost, and only after the ledger said so)"
  }`
]

/** `origin`: of the sandbox, if it goes on. */
export const nextLines = (
  { folder, home, vault }: Pick<Stage, "folder" | "home" | "vault">,
  origin: string | undefined,
  paint: Paint
): ReadonlyArray<string> => [
  paint("strong", "\nThe ledger stays, so that you can look around:"),
  `  npx --no daybook log --home ${home}`,
  `  npx --no daybook log --home ${home} --credential main --json`,
  `  npx --no daybook story main --home ${home}`,
  `  npx --no daybook doctor --home ${home}`,
  `  npx --no daybook verify --home ${home}`,
  ...(origin === undefined ? [] : [`  npx --no daybook refresh third --home ${home} --sandbox ${origin}`]),
  `Your own logins, without touching them: npx --no daybook start --observe`,
  `When you have seen enough: rm -r ${folder}`,
  ...(origin === undefined ? [] : [`The sandbox goes on at ${origin} with the logins in ${vault}. Ctrl-C ends it.`])
]
