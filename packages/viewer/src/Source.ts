/** Where the events come from: a server, or the file itself. The worker reads nothing else. */
import type { PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import type { About } from "./Wire.ts"

export interface Range {
  /** Both included. */
  readonly from: number
  readonly to: number
  /** Only these types. */
  readonly types?: ReadonlySet<string> | undefined
  /** Only lines in which one of these stands. */
  readonly names?: ReadonlyArray<string> | undefined
  /** Once it is aborted, reading stops and fails with its reason. */
  readonly signal?: AbortSignal | undefined
  /** Waited for every few milliseconds; who reads in the background lets others pass there. */
  readonly pause?: (() => Promise<void>) | undefined
}

export interface Source {
  readonly about: () => Promise<About>
  /** The state behind an event; the empty one for 0. */
  readonly state: (seq: number) => Promise<PoolState>
  /** Calls `take` for each event, in order. */
  readonly events: (range: Range, take: (event: Recorded) => void) => Promise<void>
  /** A line as it stands in the ledger. */
  readonly line: (seq: number) => Promise<string>
  /** What is appended from now on; nothing in a report file. Ends with the page. */
  readonly follow: (after: number, listener: Following) => void
}

export interface Following {
  readonly events: (events: ReadonlyArray<Recorded>) => void
  /** The server does not answer, or answers again. */
  readonly connection: (isUp: boolean) => void
  readonly damage: (why: string) => void
}
