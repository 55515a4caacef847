/**
 * The processes that a person means: by program, by `program[pid]` as the log shows it, by process id, or by the id of an
 * actor. The whole ledger is asked, since the state forgets who wrote long ago.
 */
import type { Ledger } from "@daybook/ledger/Ledger"
import type { LedgerError } from "@daybook/ledger/LedgerError"
import type { EventOf } from "@daybook/pool/Event"
import type { ActorId } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect } from "effect"
import { exitCodes } from "./ExitCode.ts"
import { nearest } from "./Nearest.ts"
import { Stop } from "./Stop.ts"

export interface Actors {
  readonly ids: ReadonlySet<ActorId>
  /** Whether an event is by one of them; of those that join while a ledger is followed, too. */
  readonly wrote: (event: Recorded) => boolean
}

/** Fails if nobody has that name, unless somebody may still come who has. */
export const find = Effect.fnUntraced(function* (
  { scan }: Pick<Ledger["Service"], "scan">,
  name: string,
  mayCome: boolean
): Effect.fn.Return<Actors, LedgerError | Stop> {
  const ids = new Set<ActorId>()
  const programs = new Set<string>()
  const names = new Set<string>()
  const take = (event: Recorded) => {
    if (event.type !== "ActorJoined") return
    if (isCalled(event.actor, event.data, name)) ids.add(event.actor)
    programs.add(event.data.program)
    names.add(nameOf(event.data))
  }
  yield* scan({ types: new Set(["ActorJoined"]), take })
  if (ids.size === 0 && !mayCome) return yield* nobody(name, [...programs].toSorted(), [...names])
  const wrote = (event: Recorded) => {
    take(event)
    return ids.has(event.actor)
  }
  return { ids, wrote }
})

type Joined = EventOf<"ActorJoined">["data"]

const isCalled = (id: ActorId, joined: Joined, name: string): boolean =>
  [id, id.slice(-8), joined.program, nameOf(joined), String(joined.pid)].includes(name)

const nameOf = ({ pid, program }: Joined): string => `${program}[${pid}]`

const nobody = (name: string, programs: ReadonlyArray<string>, names: ReadonlyArray<string>): Stop => {
  const near = nearest(name, [...programs, ...names]).slice(0, 3)
  const guess = near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`
  return new Stop({
    exitCode: exitCodes.usage,
    message: `No process "${name}" wrote to this ledger.${guess} Its programs are: ${programs.join(", ") || "none"}.`
  })
}
