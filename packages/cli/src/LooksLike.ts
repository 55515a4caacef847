/** Whose file a file is, when it holds nothing of the program that was named. Nothing of it is sent anywhere. */
import { defaultProviders, sharedWithHermes } from "@daybook/oauth/Providers"
import { type StoreSource, Vault } from "@daybook/vault/Vault"
import { declaredFiles } from "daybook/LoginFiles"
import { Effect } from "effect"
import { kindOf } from "./StoreAt.ts"

interface Reader {
  readonly kind: string
  readonly owner: string
  readonly source: StoreSource
}

/**
 * A sentence with the command that reads it. hermes and the Codex CLI are told by the shape of their files; among the
 * others nothing is said if several could be meant, since a guess could show a token to the wrong provider.
 */
export const looksLike = Effect.fnUntraced(function* (home: string, path: string, command: "enrol" | "import") {
  const readers = yield* Effect.filter(readersOf(path), (reader) => finds(home, reader))
  const [first] = readers
  const isUnclear = first?.source.kind === "file" && readers.some(({ kind }) => kind !== first.kind)
  return first === undefined || isUnclear
    ? undefined
    : `${path} looks like the file of ${first.owner}: ${commandFor(first.kind, path, command)}.`
})

const finds = (home: string, { source }: Reader) =>
  Vault.use((vault) => vault.logins).pipe(
    Effect.map(({ logins }) => logins.length > 0),
    Effect.provide(Vault.layer({ stores: [source], folder: home }))
  )

const commandFor = (kind: string, path: string, command: "enrol" | "import"): string => {
  if (kind === "hermes") return `\`daybook enrol ${path}\``
  return kind === "codex-cli" && command === "enrol"
    ? `\`daybook enrol ${path} --kind codex-cli\``
    : `\`daybook import ${kind} --path ${path}\``
}

const readersOf = (path: string): ReadonlyArray<Reader> => [
  {
    kind: "hermes",
    owner: "hermes",
    source: { kind: "hermes", path, providers: sharedWithHermes(defaultProviders) }
  },
  { kind: "codex-cli", owner: "the Codex CLI", source: { kind: "codex-cli", path } },
  ...declaredFiles(defaultProviders).map((file): Reader => ({
    kind: kindOf(file),
    owner: file.owner,
    source: { kind: "file", file: { ...file, path } }
  }))
]
