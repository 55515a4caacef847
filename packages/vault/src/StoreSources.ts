/** Which stores of other programs must be opened to reach the logins that a ledger names. */
import type { StoreRef } from "@daybook/pool/StoreRef"
import type { StoreSource } from "./Vault.ts"

/** One for each file. Daybook's own store, the environment and memory are not opened by what a ledger says. */
export const sourcesOf = (refs: Iterable<StoreRef>): ReadonlyArray<StoreSource> => {
  const byFile = new Map<string, StoreSource>()
  for (const { kind, path } of refs) {
    if (path !== undefined && (kind === "hermes" || kind === "codex-cli")) byFile.set(`${kind} ${path}`, { kind, path })
  }
  return [...byFile.values()]
}
