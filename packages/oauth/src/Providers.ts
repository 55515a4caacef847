/** The providers a program knows, by id. */
import { Context, Layer, Option } from "effect"
import { openAiCodex } from "./OpenAiCodex.ts"
import type { Provider } from "./Provider.ts"

export const defaultProviders: ReadonlyArray<Provider> = [openAiCodex]

export class Providers extends Context.Service<
  Providers,
  {
    readonly get: (id: string) => Option.Option<Provider>
    readonly all: ReadonlyArray<Provider>
  }
>()("@daybook/oauth/Providers") {
  /** Of two definitions with one id the later one counts, so that a list can begin with the defaults. */
  static readonly layer = (list: ReadonlyArray<Provider> = defaultProviders): Layer.Layer<Providers> => {
    const byId = new Map(list.map((provider) => [provider.id, provider]))
    return Layer.succeed(Providers, {
      get: (id) => Option.fromUndefinedOr(byId.get(id)),
      all: [...byId.values()]
    })
  }
}
