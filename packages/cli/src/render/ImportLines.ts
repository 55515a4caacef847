/** What an import has to say: whose login it found, what was checked, and what is so now. */
import type { Imported, Looked } from "@daybook/refresher/ImportLogin"
import type { OthersFile } from "../OthersFile.ts"
import { moment } from "@daybook/words/Time"

/** In clear, since it is the person's own. */
export const accountOf = ({ account, email }: Pick<Looked, "account" | "email">): string => {
  if (email === undefined)
    return account === undefined ? "an account that its file does not name" : `account ${account}`
  return account === undefined ? email : `${email}, account ${account}`
}

export const lookedLines = (file: OthersFile, looked: Looked, now: number): ReadonlyArray<string> => [
  `${file.path} holds a login of ${looked.target.provider.name}, of ${accountOf(looked)}.`,
  endOf(looked, now),
  ...looked.sameAccount.map(({ id }) => `${id} in this pool is of the same account: both are one quota.`)
]

const endOf = ({ held }: Looked, now: number): string => {
  const { expiresAt } = held.generation
  if (expiresAt === undefined) return "Nobody says when its access token ends."
  return `Its access token ${expiresAt > now ? "ends" : "ended"} ${moment(expiresAt, now)}.`
}

export const priceOf = ({ owner }: OthersFile): string =>
  `Taking it over logs ${owner} out: a refresh token can be used once, and from now on Daybook uses it. Its file stays as it is; when it next tries to renew the login, it is refused and asks for a new one.`

export type Ownership = "owned" | "borrowed"

export const outcomeLines = (
  file: OthersFile,
  { member, target }: Looked,
  imported: Imported | undefined,
  ownership: Ownership
): ReadonlyArray<string> => {
  if (imported === undefined) return [`It is in the pool already, as ${member?.id}.`]
  return [checkedBy(target.provider.name, imported), ...becomes(file, imported, ownership)]
}

const checkedBy = (provider: string, { isAccepted }: Imported): string =>
  isAccepted
    ? `${provider} accepted its access token. Nothing of it was spent.`
    : `${provider} has no endpoint that could be asked for nothing, so only the form of the login was checked.`

const becomes = ({ owner, renew }: OthersFile, { credential, replaced }: Imported, ownership: Ownership) =>
  ownership === "borrowed"
    ? [
        `${credential} borrows it: only its access token is used. When that ends, ${renew}; Daybook sees the new login by itself.`
      ]
    : [
        ...replaced.map((id) => `${id}, which borrowed it, is out of the pool.`),
        `${credential} is a login of Daybook's own now. Log in to ${owner} again if you go on using it.`
      ]
