/**
 * Who the actors of an answer are, as the log shows them. The state knows those of late; where others wrote, the ledger is
 * asked once for all who ever joined.
 */
import type { LedgerError } from "@daybook/ledger/LedgerError"
import type { ActorId } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, HashMap } from "effect"
import * as History from "./History.ts"
import { type Names, namesIn } from "@daybook/words/Names"

export type ActorNames = Names["actor"]

/** Names for events of these actors; what was asked once is known from then on. */
export type Lookup = (ids: Iterable<ActorId>) => Effect.Effect<Names, LedgerError>

export const lookup = (history: History.History): Lookup => {
  const { state } = history
  const known = namesIn(state)
  const joined = new Map<ActorId, string>()
  let isAsked = false
  const names: Names = { ...known, actor: (id) => joined.get(id) ?? known.actor(id) }
  const take = ({ actor, ...event }: Recorded) => {
    if (event.type === "ActorJoined") joined.set(actor, `${event.data.program}[${event.data.pid}]`)
  }
  return Effect.fnUntraced(function* (ids) {
    if (isAsked || Array.from(ids).every((id) => HashMap.has(state.actors, id))) return names
    isAsked = true
    yield* History.scan(history, { types: new Set(["ActorJoined"]), take })
    return names
  })
}

export const find = (history: History.History, ids: Iterable<ActorId>) => lookup(history)(ids)
