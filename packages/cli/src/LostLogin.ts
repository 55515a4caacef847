/** Logins of Daybook's own whose file is not where this pool looks for it, and what a person does about it. Pure. */
import type { CredentialStatus } from "@daybook/pool/queries/Status"
import type { Survey } from "@daybook/vault/Login"
import { dirname, join, resolve } from "node:path"

export interface Lost {
  readonly says: string
  readonly todo: string
}

/** `survey` is what the stores of the pool in `home` show. A file that cannot be read is told as such. */
export const lostLogin = (credential: CredentialStatus, survey: Survey, home: string): Lost | undefined => {
  const { path } = credential.store
  if (credential.store.kind !== "own" || path === undefined || credential.word === "dead") return undefined
  if (dirname(path) !== join(resolve(home), "grants")) return elsewhere(path, home)
  const isShown = survey.logins.some(({ store }) => store.kind === "own" && store.path === path)
  const isUnread = survey.problems.some((problem) => problem.path === path || problem.path === dirname(path))
  return isShown || isUnread ? undefined : gone(path, credential)
}

/** A copy beside the original would spend the same tokens under a ledger of its own, so it is named and not used. */
const elsewhere = (path: string, home: string): Lost => {
  const former = dirname(dirname(path))
  return {
    says: `its login belongs to the home ${former}; ${home} is a copy of it, or was moved`,
    todo: `Use --home ${former} if it is still there; else move this folder back to that path.`
  }
}

const gone = (path: string, { id, provider }: CredentialStatus): Lost => ({
  says: `its file ${path} is gone, and its tokens with it`,
  todo: `Put the file back. If it is lost, \`daybook login ${provider} --new\`, then \`daybook remove ${id}\`.`
})
