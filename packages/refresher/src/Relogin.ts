/** Who can put a new login in the place of an old one. Pure. */
import { loginMethods } from "@daybook/oauth/LoginMethods"
import type { Provider } from "@daybook/oauth/Provider"
import type { CredentialId } from "@daybook/pool/Ids"
import type { Credential } from "@daybook/pool/PoolState"
import type { StoreRef } from "@daybook/pool/StoreRef"

export interface About {
  readonly id: CredentialId
  readonly kind: Credential["kind"]
  readonly store: Pick<StoreRef, "kind" | "path">
}

/** In Daybook's own store only Daybook can; elsewhere the program that owns the login. Nobody logs in to an API key. */
export const relogin = (provider: Provider, { id, kind, store }: About): string => {
  if (kind === "apiKey") return `Put a new API key for ${provider.name} in its place.`
  return store.kind === "own" && loginMethods(provider).length > 0
    ? `Log in to ${provider.name} again: \`daybook login ${provider.id} --credential ${id}\`.`
    : provider.relogin
}
