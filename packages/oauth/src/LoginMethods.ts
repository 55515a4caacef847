/** How a person can log in to a provider, as far as its definition says. */
import type { Provider } from "./Provider.ts"

/**
 * `browser`: in a browser on this machine, which brings the answer back. `device`: in a browser anywhere, by a short
 * code. `paste`: in a browser anywhere, and the person carries the answer over.
 */
export type LoginMethod = "browser" | "device" | "paste"

/** In the order of preference on a machine with a browser. */
export const loginMethods = (provider: Provider): ReadonlyArray<LoginMethod> => {
  const { deviceEndpoint, grantType, redirect, tokenEndpoint } = provider
  if (grantType === "exchange") return []
  const hasDevice = deviceEndpoint !== undefined || typeof tokenEndpoint === "object"
  return [
    ...(redirect?.kind === "loopback" ? (["browser"] as const) : []),
    ...(hasDevice ? (["device"] as const) : []),
    ...(redirect === undefined ? [] : (["paste"] as const))
  ]
}
