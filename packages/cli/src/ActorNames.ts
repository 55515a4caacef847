/** Who the actors of an answer are, as the log shows them; those that the state has forgotten are looked up. */
import type { ActorId } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, HashMap } from "effect"
import * as History from "./History.ts"
import { namesIn } from "./render/Names.ts"

export type ActorNames = (id: ActorId) => string

export const find = Effect.fnUntraced(function* (history: History.History, ids: ReadonlyArray<ActorId>) {
  const { state } = history
  const known = namesIn(state).actor
  const names = new Map<ActorId, string>()
  const take = ({ actor, ...event }: Recorded) => {
    if (event.type === "ActorJoined") names.set(actor, `${event.data.program}[${event.data.pid}]`)
  }
  if (!ids.every((id) => HashMap.has(state.actors, id))) {
    yield* History.scan(history, { types: new Set(["ActorJoined"]), take })
  }
  return (id: ActorId) => names.get(id) ?? known(id)
})
