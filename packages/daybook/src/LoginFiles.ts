/**
 * Where other programs keep their logins on this machine: the declared files of a provider, with `~` and environment
 * variables filled in.
 */
import type { LoginFile, Provider } from "@daybook/oauth/Provider"
import type { CredentialFile } from "@daybook/vault/CredentialFile"
import type { StoreSource } from "@daybook/vault/Vault"
import { existsSync } from "node:fs"
import { type Environment, expand } from "./Home.ts"

/**
 * Stores to hand to `openPool({ vault })`: the logins of other programs for this provider, whose access tokens are used
 * and whose refresh tokens never are.
 *
 * @example
 * await using pool = await openPool({ vault: loginFilesOf(anthropic) })
 */
export const loginFilesOf = (provider: Provider, environment: Environment = process.env): ReadonlyArray<StoreSource> =>
  declaredFiles([provider], environment).map((file) => ({ kind: "file", file }))

/** The files of all these providers, whether they are there or not. */
export const declaredFiles = (
  providers: ReadonlyArray<Provider>,
  environment: Environment = process.env
): ReadonlyArray<CredentialFile> =>
  providers.flatMap(({ files, id }) =>
    files.map((file) => ({ ...file, provider: id, path: pathOf(file, environment) }))
  )

/** The first that is there; else the last, which is where it would be made. */
const pathOf = ({ paths }: LoginFile, environment: Environment): string => {
  const known = paths.flatMap((path) => filledIn(path, environment) ?? [])
  return known.find((path) => existsSync(path)) ?? known.at(-1) ?? ""
}

/** Nothing if it begins with a variable that is not set. */
const filledIn = (path: string, environment: Environment): string | undefined => {
  const [, name, rest = ""] = /^\$([A-Z_]+)(\/.*)?$/.exec(path) ?? []
  if (name === undefined) return expand(path)
  const folder = environment[name]
  return folder === undefined || folder === "" ? undefined : expand(`${folder}${rest}`)
}
