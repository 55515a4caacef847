/** Who can put a new login in the place of an old one. Pure. */
import { loginMethods } from "@daybook/oauth/LoginMethods"
import type { Provider } from "@daybook/oauth/Provider"
import type { CredentialId } from "@daybook/pool/Ids"
import type { StoreRef } from "@daybook/pool/StoreRef"

export interface About {
  readonly id: CredentialId
  readonly store: Pick<StoreRef, "kind" | "path">
}

/** In Daybook's own store only Daybook can; elsewhere the program that owns the login. */
export const relogin = (provider: Provider, { id, store }: About): string =>
  store.kind === "own" && loginMethods(provider).length > 0
    ? `Log in to ${provider.name} again: \`daybook login ${provider.id} --credential ${id}\`.`
    : provider.relogin
