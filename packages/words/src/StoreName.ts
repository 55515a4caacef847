/** The place of a login: its store, where that is, and the profile of hermes that it belongs to. */
import type { StoreRef } from "@daybook/pool/StoreRef"

export const storeName = ({ kind, path, slot }: StoreRef): string => {
  if (kind === "own" || path === undefined) return `${kind} ${slot}`
  const [, profile] = kind === "hermes" ? (profileFile.exec(path) ?? []) : []
  return profile === undefined ? `${kind} ${path}` : `${kind} ${path} (profile ${profile})`
}

/** Also of a ledger that was brought from another kind of machine. */
const profileFile = /[\\/]profiles[\\/]([^\\/]+)[\\/][^\\/]+$/
