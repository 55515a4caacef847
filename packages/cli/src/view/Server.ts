/** The page on a port of this machine, for as long as a scope lasts. */
import { Effect, type Scope } from "effect"
import type { Stop } from "../Stop.ts"
import { Keys } from "./Keys.ts"
import { hostAt, listen } from "./Listener.ts"
import { routes } from "./Routes.ts"
import type { Shown } from "./Shown.ts"
import type { Site } from "./Site.ts"

export interface Server {
  readonly port: number
  /** Lets one browser in, once. The address before it does no more. */
  readonly newAddress: () => string
}

/** Port 0 stands for a free one. */
export const open = Effect.fnUntraced(function* (
  site: Site,
  shown: Shown,
  wanted: number
): Effect.fn.Return<Server, Stop, Scope.Scope> {
  const { port, serve } = yield* listen(wanted)
  const keys = new Keys(port)
  serve(routes(site, shown, keys, port))
  return { port, newAddress: () => `http://${hostAt(port)}/?token=${keys.newToken()}` }
})
