/** Which stores of other programs must be opened to reach the logins that a ledger names. */
import type { StoreRef } from "@daybook/pool/StoreRef"
import type { CredentialFile } from "./CredentialFile.ts"
import * as FileStore from "./FileStore.ts"
import type { StoreSource } from "./Vault.ts"

/**
 * One for each file. Daybook's own store, the environment and memory are not opened by what a ledger says. Nor does a
 * ledger say how to read a declared file: of `declared`, those are opened that the ledger has logins of, and a login
 * whose file nobody declares, under this very path, stays closed (`NotOpened`) rather than being read by a guess.
 */
export const sourcesOf = (
  refs: Iterable<StoreRef>,
  declared: ReadonlyArray<CredentialFile> = []
): ReadonlyArray<StoreSource> => {
  const all = [...refs]
  const byFile = new Map<string, StoreSource>()
  for (const { kind, path } of all) {
    if (path !== undefined && (kind === "hermes" || kind === "codex-cli")) byFile.set(`${kind} ${path}`, { kind, path })
  }
  const known = declared.filter((file) => all.some((ref) => FileStore.isIn(file, ref)))
  return [...byFile.values(), ...known.map((file) => ({ kind: "file" as const, file }))]
}
