/**
 * The one ledger of a world: real lines, and a disk that has only those that were synced. Each actor has its own view,
 * which is as old as its last look.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { AppendError, Conflict, LedgerError, Unavailable } from "@daybook/ledger/LedgerError"
import * as LineFormat from "@daybook/ledger/LineFormat"
import { catalogue } from "@daybook/pool/Event"
import { evolve, fold } from "@daybook/pool/Evolve"
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import type { ActorId, EventId, LedgerId, Seq } from "@daybook/pool/Ids"
import { empty, type PoolState, versionOf } from "@daybook/pool/PoolState"
import type { Draft, Recorded } from "@daybook/pool/Recorded"
import { Effect, HashMap, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import type { Process, Stage } from "./Stage.ts"

/** What a disk does to the next operations of a process. */
export interface Disk {
  /** What of the process' appends, `write` or `sync`, fails next. */
  ledgerFails: "write" | "sync" | undefined
  /** Which operation on a store or the stash fails next. */
  storeFails: string | undefined
}

export const newId = () => SecureRandom.uuidV7Unsafe()

export class Log {
  readonly lines: Array<LineFormat.Line> = []
  /** The state after each line; that of none stands first. */
  readonly states: Array<PoolState> = [empty]
  /** How many lines a power cut leaves for certain. */
  synced = 0
  readonly ledger = newId() as LedgerId

  write(drafts: ReadonlyArray<Draft>, actor: ActorId, at: number): ReadonlyArray<Recorded> {
    return drafts.map((draft) => {
      const previous = this.lines.at(-1)
      const seq = (this.lines.length + 1) as Seq
      const id = draft.id ?? (newId() as EventId)
      const line = LineFormat.render(previous?.h ?? "", { seq, at, id, actor }, LineFormat.prepare(draft))
      this.lines.push(line)
      this.states.push(evolve(this.states.at(-1)!, line.event))
      return line.event
    })
  }

  begin(actor: ActorId, at: number, check: Fingerprint): void {
    const data = { format: LineFormat.version, ledger: this.ledger, lock: "memory" as const, check }
    this.write([{ type: "LedgerOpened", v: 1, data }], actor, at)
  }

  events(from = 0): ReadonlyArray<Recorded> {
    return this.lines.slice(from).map(({ event }) => event)
  }

  /** The power fails: what was not synced is there up to some line, or not at all. */
  cut(chance: number): void {
    const left = this.synced + Math.floor(chance * (this.lines.length - this.synced + 1))
    this.lines.length = left
    this.states.length = left + 1
    this.synced = left
  }

  /** The whole file. */
  text(): string {
    return this.lines.map(({ text }) => `${text}\n`).join("")
  }
}

/** How one actor sees the log. `seen` is how many lines it has read. */
export interface View {
  readonly service: Ledger["Service"]
  readonly seen: () => number
}

/** What a view's surroundings want of it and know. */
export interface Onlooker {
  /** Whether somebody may act before the next look at the file. */
  readonly pausing: () => boolean
  /** An intent is written by this errand, a fiber. */
  readonly begun: (attempt: string, credential: string, errand: number) => void
}

/** As one process sees the log. */
export const viewOf = (stage: Stage, log: Log, process: Process, disk: Disk, { begun, pausing }: Onlooker): View => {
  const actor = newId() as ActorId
  let seen = log.lines.length
  const known = (): PoolState => log.states[seen]!
  const look = (): PoolState => {
    seen = log.lines.length
    return known()
  }

  const write = (drafts: ReadonlyArray<Draft>, expected: ReadonlyMap<string, Seq> | undefined, errand: number) => {
    if (disk.ledgerFails === "write") return failing(disk, (reason) => new AppendError({ reason }))
    look()
    for (const [grant, version] of expected ?? []) {
      const found = versionOf(known(), grant as never)
      if (found !== version) {
        return Effect.fail(
          new AppendError({ reason: new Conflict({ grant: grant as never, expected: version, found }) })
        )
      }
    }
    const at = stage.wallClock()
    if (!HashMap.has(known().actors, actor)) log.write([joining(process)], actor, at)
    const recorded = log.write(drafts, actor, at)
    for (const event of recorded) {
      if (event.type === "RefreshStarted") begun(event.data.attempt, event.credential ?? "", errand)
    }
    look()
    return Effect.succeed(recorded)
  }

  /** Everything that stands in the file when it begins. */
  const sync = <E>(failed: (reason: Unavailable) => E) => {
    return stage.step(process, "sync ledger", () => {
      if (disk.ledgerFails === "sync") return failing(disk, failed)
      log.synced = log.lines.length
      return Effect.void
    })
  }

  const service = Ledger.of({
    actor,
    append: (drafts, options) =>
      drafts.length === 0
        ? Effect.succeed([])
        : Effect.flatMap(Effect.fiberId, (errand) =>
            stage.step(process, `append ${drafts.map(({ type }) => type).join(", ")}`, () =>
              write(drafts, options?.expected, errand)
            )
          ).pipe(
            Effect.tap(() =>
              drafts.some(({ type }) => catalogue[type].durable)
                ? sync((reason) => new AppendError({ reason }))
                : Effect.void
            )
          ),
    sync: sync((reason) => new LedgerError({ reason })),
    state: Effect.suspend(() =>
      pausing() ? stage.step(process, "read ledger", () => Effect.succeed(look())) : Effect.sync(look)
    ),
    known,
    marks: () => [],
    asOf: (moment) => Effect.sync(() => fold(log.events().slice(0, "seq" in moment ? moment.seq : undefined))),
    read: (from = 1 as Seq) => Stream.suspend(() => Stream.fromArray(log.events(from - 1))),
    scan: () => Effect.die("nobody scans in a simulated world"),
    lines: () => Effect.die("nobody reads lines in a simulated world"),
    tail: (from = 1 as Seq) => Stream.suspend(() => Stream.fromArray(log.events(from - 1))),
    head: Effect.sync(() => ({
      seq: log.lines.length as Seq,
      h: log.lines.at(-1)?.h ?? "",
      ledger: log.ledger
    }))
  })
  return { service, seen: () => seen }
}

const joining = ({ name }: Process): Draft => ({
  type: "ActorJoined",
  v: 1,
  data: { program: name, version: "1", pid: 1, host: "simulated" }
})

const failing = <E>(disk: Disk, failed: (reason: Unavailable) => E): Effect.Effect<never, E> => {
  disk.ledgerFails = undefined
  return Effect.fail(failed(new Unavailable({ operation: "append to", path: "ledger.jsonl", code: "EIO" })))
}
