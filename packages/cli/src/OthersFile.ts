/** Another program's login file, by what a person typed: the program's name, a path, or both. */
import { defaultProviders } from "@daybook/oauth/Providers"
import type { CredentialFile } from "@daybook/vault/CredentialFile"
import type { StoreSource } from "@daybook/vault/Vault"
import { codexCliAuthFile, expand } from "daybook/Home"
import { declaredFiles, presentFiles } from "daybook/LoginFiles"
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { exitCodes } from "./ExitCode.ts"
import { Stop } from "./Stop.ts"
import { kindOf } from "./StoreAt.ts"

export interface OthersFile {
  /** Who owns it, for people. */
  readonly owner: string
  readonly path: string
  readonly source: StoreSource
  /** What its user does to log in again: `run claude`. */
  readonly renew: string
}

const codexCli = (path: string): OthersFile => ({
  owner: "the Codex CLI",
  path,
  source: { kind: "codex-cli", path },
  renew: "run codex login"
})

const declared = (file: CredentialFile): OthersFile => ({
  owner: file.owner,
  path: file.path,
  source: { kind: "file", file },
  renew: file.renew
})

/** Each program with the file where its login is, or would be. */
const all = (): ReadonlyArray<OthersFile> => [
  codexCli(codexCliAuthFile()),
  ...presentFiles(defaultProviders).map(declared)
]

/** The file itself need not hold a login. */
export const find = (what: string | undefined, path: string | undefined): Effect.Effect<OthersFile, Stop> =>
  Effect.suspend(() => {
    const found = what === undefined ? ownerOf(path) : named(what, path)
    if (typeof found === "string") return usage(found)
    return existsSync(found.path) ? Effect.succeed(found) : missing(found, path !== undefined)
  })

const named = (what: string, path: string | undefined): OthersFile | string => {
  const program = all().find(({ owner }) => kindOf({ owner }) === kindOf({ owner: what }))
  if (kindOf({ owner: what }) === "hermes") {
    return `hermes shares its file, so nothing of it is imported: \`daybook enrol${path === undefined ? "" : ` ${path}`}\`.`
  }
  if (program === undefined) return `Nobody knows a program "${what}" with a login to import. ${choices()}`
  return path === undefined ? program : at(program, expand(path))
}

const at = (program: OthersFile, path: string): OthersFile =>
  program.source.kind === "file" ? declared({ ...program.source.file, path }) : codexCli(path)

/** A path alone tells whose it is only where that program keeps it. A guess could show a token to the wrong provider. */
const ownerOf = (path: string | undefined): OthersFile | string => {
  if (path === undefined) return `Say whose login to import. ${choices()}`
  const file = expand(path)
  const places = [codexCli(codexCliAuthFile()), ...declaredFiles(defaultProviders).map(declared)]
  const found = places.find((place) => place.path === file)
  return found ?? `${file} is not where any program keeps its login by itself. Say also whose it is. ${choices()}`
}

const choices = (): string => {
  const names = all().map(kindOf)
  return `Choose one of: ${names.toSorted().join(", ")}.`
}

const usage = (message: string) => Effect.fail(new Stop({ exitCode: exitCodes.usage, message }))

const missing = ({ owner, path, renew }: OthersFile, isNamed: boolean) =>
  Effect.fail(
    new Stop({
      exitCode: exitCodes.error,
      message: isNamed
        ? `There is no file ${path}. Name an existing one with --path, or leave it out to look where ${owner} keeps its login.`
        : `There is no file ${path}, where ${owner} keeps its login. To log in, ${renew}; if it is elsewhere, name it with --path. A login in the system's keychain is not read.`
    })
  )
