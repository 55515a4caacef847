/** The providers a program knows, by id. */
import { Context, Layer, Option } from "effect"
import { apiKeyProvider } from "./ApiKeyProvider.ts"
import type { Provider } from "./Provider.ts"
import { anthropic } from "./providers/Anthropic.ts"
import { copilot } from "./providers/Copilot.ts"
import { googleGemini } from "./providers/GoogleGemini.ts"
import { kimi } from "./providers/Kimi.ts"
import { minimaxOAuth } from "./providers/MinimaxOAuth.ts"
import { nous } from "./providers/Nous.ts"
import { openAiCodex } from "./providers/OpenAiCodex.ts"
import { qwenOAuth } from "./providers/QwenOAuth.ts"
import { xaiOAuth } from "./providers/XaiOAuth.ts"

/** Beside these there is `oauth2`, for any server that keeps to RFC 6749. */
export const defaultProviders: ReadonlyArray<Provider> = [
  openAiCodex,
  xaiOAuth,
  nous,
  anthropic,
  qwenOAuth,
  minimaxOAuth,
  kimi,
  googleGemini,
  copilot
]

/** Whose logins in hermes' file Daybook may refresh; hermes holds no lock while it refreshes those of others. */
export const sharedWithHermes = (providers: ReadonlyArray<Provider>): ReadonlyArray<string> =>
  providers.filter((provider) => provider.sharedWithHermes).map(({ id }) => id)

/** For answers of a provider that nobody has defined: the common rules, and nowhere to send anything to. */
export const undefinedProvider: Provider = apiKeyProvider({ id: "undefined", apiOrigins: [] })

export class Providers extends Context.Service<
  Providers,
  {
    readonly get: (id: string) => Option.Option<Provider>
    /** Of a provider that nobody has defined there may be API keys; where they may be sent is not known. */
    readonly orKeysOnly: (id: string) => Provider
    readonly all: ReadonlyArray<Provider>
  }
>()("@daybook/oauth/Providers") {
  /** Of two definitions with one id the later one counts, so that a list can begin with the defaults. */
  static readonly layer = (list: ReadonlyArray<Provider> = defaultProviders): Layer.Layer<Providers> => {
    const byId = new Map(list.map((provider) => [provider.id, provider]))
    return Layer.succeed(Providers, {
      orKeysOnly: (id) => byId.get(id) ?? apiKeyProvider({ id, apiOrigins: [] }),
      get: (id) => Option.fromUndefinedOr(byId.get(id)),
      all: [...byId.values()]
    })
  }
}
