/**
 * Where other programs keep their logins on this machine: the declared files of a provider, with `~` and environment
 * variables filled in.
 */
import type { LoginFile, Provider } from "@daybook/oauth/Provider"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
import type { CredentialFile } from "@daybook/vault/CredentialFile"
import type { StoreSource } from "@daybook/vault/Vault"
import { existsSync } from "node:fs"
import { codexCliAuthFile, type Environment, expand } from "./Home.ts"

/**
 * Stores to hand to `openPool({ vault })`: the logins of other programs for this provider, whose access tokens are used
 * and whose refresh tokens never are. Of several places where one program may keep its login, the first that is there
 * counts.
 *
 * @example
 * await using pool = await openPool({ vault: loginFilesOf(anthropic) })
 */
export const loginFilesOf = (
  provider: Provider,
  environment: Environment = process.env
): ReadonlyArray<StoreSource> => [
  ...(provider.id === openAiCodex.id ? [{ kind: "codex-cli" as const, path: codexCliAuthFile(environment) }] : []),
  ...presentFiles([provider], environment).map((file) => ({ kind: "file" as const, file }))
]

/** One place for each program: where its login is, or else where it would be. */
export const presentFiles = (
  providers: ReadonlyArray<Provider>,
  environment: Environment = process.env
): ReadonlyArray<CredentialFile> =>
  providers.flatMap((provider) => provider.files.flatMap((file) => first(placesOf(provider, file, environment))))

const first = (places: ReadonlyArray<CredentialFile>): ReadonlyArray<CredentialFile> => {
  const present = places.find(({ path }) => existsSync(path))
  return present === undefined ? places.slice(-1) : [present]
}

/** Every place that a declaration names: a login that was enrolled from one is found there again. */
export const declaredFiles = (
  providers: ReadonlyArray<Provider>,
  environment: Environment = process.env
): ReadonlyArray<CredentialFile> =>
  providers.flatMap((provider) => provider.files.flatMap((file) => placesOf(provider, file, environment)))

const placesOf = (
  { id }: Provider,
  { paths, ...file }: LoginFile,
  environment: Environment
): ReadonlyArray<CredentialFile> =>
  paths.flatMap((path) => {
    const place = filledIn(path, environment)
    return place === undefined ? [] : [{ ...file, provider: id, path: place }]
  })

/** Nothing if it begins with a variable that is not set. */
const filledIn = (path: string, environment: Environment): string | undefined => {
  const [, name, rest = ""] = /^\$([A-Z_]+)(\/.*)?$/.exec(path) ?? []
  if (name === undefined) return expand(path)
  const folder = environment[name]
  return folder === undefined || folder === "" ? undefined : expand(`${folder}${rest}`)
}
