/** This process as an actor of a ledger: its name, the event by which it joins, and its clock. */
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import type { ActorId, EventId, LedgerId } from "@daybook/pool/Ids"
import { empty } from "@daybook/pool/PoolState"
import { Clock, Effect } from "effect"
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import * as LineFormat from "../LineFormat.ts"
import { compose, type Group, type Hand } from "./Group.ts"
import { start } from "./Walk.ts"
import type { LockKind } from "./WriterLock.ts"

export interface Program {
  readonly program: string
  readonly version: string
  readonly host?: string | undefined
}

export interface Self {
  readonly actor: ActorId
  /** The event by which it joins. */
  readonly joined: () => LineFormat.Prepared
  /** To write with, now. */
  readonly hand: () => Hand
}

export const make = Effect.fnUntraced(function* ({
  host = hostname(),
  program,
  version
}: Program): Effect.fn.Return<Self> {
  const clock = yield* Clock.Clock
  const actor = nextId() as ActorId
  const data = { program, version, pid: process.pid, host }
  return {
    actor,
    joined: () => LineFormat.prepare({ type: "ActorJoined", v: 1, data }),
    hand: () => {
      const at = clock.currentTimeMillisUnsafe()
      return { actor, at, nextId: () => nextId(at) as EventId }
    }
  }
})

/** The first line of a new ledger. */
export const beginLedger = (self: Self, ledger: LedgerId, lock: LockKind | "memory", check: Fingerprint): Group =>
  compose({ ...start, state: empty }, self.hand(), [], [{ events: [opening(ledger, lock, check)] }])

export const newLedgerId = (): LedgerId => nextId() as LedgerId

const opening = (ledger: LedgerId, lock: LockKind | "memory", check: Fingerprint): LineFormat.Prepared =>
  LineFormat.prepare({
    type: "LedgerOpened",
    v: 1,
    data: { format: LineFormat.version, ledger, lock, check }
  })

/** A UUIDv7 (RFC 9562, section 5.7): Node's random one, which draws its chance in stock, with a time before it. */
const nextId = (at = Date.now()): string => {
  const time = at.toString(16).padStart(12, "0")
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}
