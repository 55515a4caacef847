/** A store as a person names it on the command line: by its path, and whose file it is. */
import { defaultProviders, sharedWithHermes } from "@daybook/oauth/Providers"
import type { CredentialFile } from "@daybook/vault/CredentialFile"
import type { StoreSource } from "@daybook/vault/Vault"
import { codexCliAuthFile, expand, hermesAuthFile } from "daybook/Home"
import { declaredFiles, presentFiles } from "daybook/LoginFiles"
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { exitCodes } from "./ExitCode.ts"
import { nearest } from "./Nearest.ts"
import { Stop } from "./Stop.ts"

/** A store that is a file. */
export interface StoreAt {
  readonly path: string
  readonly source: StoreSource
}

/** `claude-code` for `Claude Code`, `gemini-cli` for `the Gemini CLI`. */
export const kindOf = ({ owner }: Pick<CredentialFile, "owner">): string =>
  owner
    .toLowerCase()
    .replace(/^the /, "")
    .replace(/[^a-z0-9]+/g, "-")

export const kinds = (): ReadonlyArray<string> => [
  ...new Set(["hermes", "codex-cli", ...declaredFiles(defaultProviders).map(kindOf)])
]

/** Without a path, where its program usually keeps it. */
export const storeAt = Effect.fnUntraced(function* (kind: string, path: string | undefined) {
  const store = yield* named(kind, path === undefined ? undefined : expand(path))
  return existsSync(store.path) ? store : yield* noFile(kind, store.path)
})

const noFile = (kind: string, path: string) =>
  Effect.fail(
    new Stop({
      exitCode: exitCodes.error,
      message: `There is no file ${path}. Name an existing one, or log in first: with the program that keeps it (${kind}), or with \`daybook login\`.`
    })
  )

const named = (kind: string, path: string | undefined): Effect.Effect<StoreAt, Stop> => {
  if (kind === "hermes") {
    const place = path ?? hermesAuthFile()
    const providers = sharedWithHermes(defaultProviders)
    return Effect.succeed({ path: place, source: { kind: "hermes", path: place, providers } })
  }
  if (kind === "codex-cli") {
    const place = path ?? codexCliAuthFile()
    return Effect.succeed({ path: place, source: { kind: "codex-cli", path: place } })
  }
  return declared(kind, path)
}

/** Later processes find such a login again only where its program is known to keep it. */
const declared = (kind: string, path: string | undefined): Effect.Effect<StoreAt, Stop> => {
  const files = declaredFiles(defaultProviders).filter((file) => kindOf(file) === kind)
  const usual = presentFiles(defaultProviders).find((file) => kindOf(file) === kind)
  if (usual === undefined) return unknownKind(kind)
  const file = path === undefined ? usual : files.find((file) => file.path === path)
  return file === undefined
    ? usage(
        `${usual.owner} keeps its login in ${files.map(({ path }) => path).join(" or ")}, and only there it is read.`
      )
    : Effect.succeed({ path: file.path, source: { kind: "file", file } })
}

const unknownKind = (kind: string) => {
  const near = nearest(kind, kinds())
  const meant = near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`
  return usage(`"${kind}" is no kind of store. There are ${kinds().join(", ")}.${meant}`)
}

const usage = (message: string) => Effect.fail(new Stop({ exitCode: exitCodes.usage, message }))
