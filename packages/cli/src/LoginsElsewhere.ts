/** Other programs' files in which a login of a provider may be. */
import { defaultProviders } from "@daybook/oauth/Providers"
import type { StoreSource } from "@daybook/vault/Vault"
import { loginFilesOf } from "daybook/LoginFiles"

export const othersOf = (id: string): ReadonlyArray<StoreSource> =>
  defaultProviders.filter((provider) => provider.id === id).flatMap((one) => loginFilesOf(one))
