/** A form in which events leave a ledger, made event by event; what it needs of the past it keeps itself. */
import type { PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"

export interface Format {
  readonly begin: string
  readonly event: (event: Recorded) => string
  readonly end: () => string
}

/** `state` is the pool at the moment up to which events are exported. */
export type NewFormat = (state: PoolState) => Format
