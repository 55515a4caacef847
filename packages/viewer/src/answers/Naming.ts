/**
 * Who the actors of an answer are. A state knows those of late; for others the ledger is asked, once for each.
 */
import type { ActorId } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import { type Names, namesIn } from "@daybook/words/Names"
import { HashMap } from "effect"
import type { Context } from "../model/Context.ts"
import type { Source } from "../Source.ts"
import { read } from "./Reading.ts"

/** Every line is searched for each of them, so where there are many it is faster to read all who joined. */
const namesMost = 16

/** By source, whom the ledger was asked for. Nothing stands for one who never said who it is. */
const known = new WeakMap<Source, Map<ActorId, string | undefined>>()

/** Names of the actors of these events, and of whomever the state knows. */
export const namesFor = async (
  context: Context,
  state: PoolState,
  events: Iterable<{ readonly actor: ActorId }>
): Promise<Names> => {
  const names = namesIn(state)
  const joined = known.get(context.source) ?? new Map<ActorId, string | undefined>()
  known.set(context.source, joined)
  const actors = new Set(Array.from(events, ({ actor }) => actor))
  const strangers = [...actors].filter((id) => !HashMap.has(state.actors, id) && !joined.has(id))
  if (strangers.length > 0) await ask(context, state, strangers, joined)
  return { ...names, actor: (id) => (HashMap.has(state.actors, id) ? undefined : joined.get(id)) ?? names.actor(id) }
}

const ask = async (
  context: Context,
  { head }: PoolState,
  ids: ReadonlyArray<ActorId>,
  joined: Map<ActorId, string | undefined>
): Promise<void> => {
  const types = new Set(["ActorJoined"])
  const names = ids.length > namesMost ? undefined : ids
  await read(context, { from: context.first, to: head, types, names }, ({ actor, ...event }) => {
    if (event.type === "ActorJoined") joined.set(actor, `${event.data.program}[${event.data.pid}]`)
  })
  for (const id of ids) if (!joined.has(id)) joined.set(id, undefined)
}
