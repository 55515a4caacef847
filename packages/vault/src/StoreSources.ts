/** Which stores of other programs must be opened to reach the logins that a ledger names. */
import type { StoreRef } from "@daybook/pool/StoreRef"
import type { CredentialFile } from "./CredentialFile.ts"
import * as FileStore from "./FileStore.ts"
import { isProfileOf } from "./HermesProfiles.ts"
import type { StoreSource } from "./Vault.ts"

/** What a ledger says of a login. */
export interface NamedLogin {
  readonly store: StoreRef
  readonly provider: string
  /** Of a declared file: the name of its owner. */
  readonly source: string
}

/**
 * One for each file, and for hermes' profiles one with their root. Daybook's own store, the environment and memory are not opened by what a ledger says. How to read a
 * declared file, its declaration says: the one of this very path, or else, for a file that was imported from an unusual
 * place, the one of the same owner and provider. A login whose file nobody declares stays closed (`NotOpened`) rather
 * than being read by a guess.
 */
export const sourcesOf = (
  logins: Iterable<NamedLogin>,
  declared: ReadonlyArray<CredentialFile> = []
): ReadonlyArray<StoreSource> => {
  const all = [...logins]
  const byFile = new Map<string, StoreSource>()
  for (const { store } of all) {
    const { kind, path } = store
    if (kind === "hermes" && all.some((other) => isWithRoot(other.store, path))) continue
    if (path !== undefined && (kind === "hermes" || kind === "codex-cli")) byFile.set(`${kind} ${path}`, { kind, path })
  }
  const known = declared.filter((file) => all.some(({ store }) => FileStore.isIn(file, store)))
  const moved = all
    .filter(({ store }) => !known.some((file) => FileStore.isIn(file, store)))
    .flatMap((login) => movedFile(login, declared))
  const files = new Map([...known, ...moved].map((file) => [JSON.stringify(file), file]))
  return [...byFile.values(), ...Array.from(files.values(), (file) => ({ kind: "file" as const, file }))]
}

const movedFile = (
  { provider, source, store }: NamedLogin,
  declared: ReadonlyArray<CredentialFile>
): ReadonlyArray<CredentialFile> => {
  const { path } = store
  if (path === undefined) return []
  return declared
    .filter((file) => file.owner === source && file.provider === provider)
    .map((file) => ({ ...file, path }))
    .filter((file) => FileStore.isIn(file, store))
    .slice(0, 1)
}

/** The store of hermes' root shows its profiles too. */
const isWithRoot = ({ kind, path: root }: StoreRef, path: string | undefined): boolean =>
  kind === "hermes" && root !== undefined && path !== undefined && isProfileOf(root, path)
