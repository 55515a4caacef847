/** The rules of today, as a replay of recorded events asks for them. */
import type { Rules } from "@daybook/pool/replay/Rules"
import { classifyApi, classifyToken } from "./Classify.ts"
import type { Provider } from "./Provider.ts"
import { defaultProviders, undefinedProvider } from "./Providers.ts"
import { classifierVersion } from "./Rules.ts"

/** API keys of a provider that nobody has defined are judged by the common rules, as a pool judges them. */
export const replayRules = (providers: ReadonlyArray<Provider> = defaultProviders): Rules => {
  const byId = new Map(providers.map((provider) => [provider.id, provider]))
  const get = (id: string): Provider => byId.get(id) ?? undefinedProvider
  return {
    version: classifierVersion,
    know: ({ kind, provider }) => kind === "apiKey" || byId.has(provider),
    token: (provider, evidence, now) => classifyToken(get(provider), evidence, now),
    api: (provider, kind, evidence, now) => classifyApi(get(provider), kind, evidence, now),
    replay: (provider) => get(provider).replay
  }
}
