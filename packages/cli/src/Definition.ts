/** The definition of a provider by its id; API keys need none. */
import type { Provider } from "@daybook/oauth/Provider"
import { defaultProviders } from "@daybook/oauth/Providers"

export const definitionOf = (id: string): Provider | undefined =>
  defaultProviders.find((provider) => provider.id === id)
