/**
 * What the timeline draws: columns of plain numbers, one entry for each event, and bands. The worker makes them of
 * folded states; the page only draws. Lanes, actors and types are named by their place in `Legend`.
 */

/** How a credential stands, in the order of `bandWords`. */
export type BandWord = "ok" | "refreshing" | "suspect" | "cooling" | "dead" | "paused"
export const bandWords: ReadonlyArray<BandWord> = ["ok", "refreshing", "suspect", "cooling", "dead", "paused"]

/** What a mark stands for; `none` is in the table alone. In the order of `markKinds`. */
export type MarkKind =
  | "none"
  | "refresh"
  | "failure"
  | "race"
  | "lost"
  | "quarantine"
  | "lifted"
  | "refusal"
  | "bench"
  | "operator"
  | "unknown"
export const markKinds: ReadonlyArray<MarkKind> = [
  "none",
  "refresh",
  "failure",
  "race",
  "lost",
  "quarantine",
  "lifted",
  "refusal",
  "bench",
  "operator",
  "unknown"
]

/** Those that a person looks for: the minimap shows them, and `next failure` goes from one to the next. */
export const failureKinds: ReadonlySet<MarkKind> = new Set(["failure", "lost", "quarantine", "refusal", "unknown"])

export interface Lane {
  readonly credential: string
  readonly label: string | undefined
  readonly provider: string
  readonly kind: "oauth" | "apiKey"
  /** The event that brought it into the pool, the newest one if it came back. */
  readonly enrolled: { readonly seq: number; readonly at: number }
}

export interface ActorName {
  readonly id: string
  readonly name: string
}

/** Grows while the ledger is read; what has a place keeps it. The page orders lanes by provider and name. */
export interface Legend {
  readonly lanes: ReadonlyArray<Lane>
  readonly actors: ReadonlyArray<ActorName>
  readonly types: ReadonlyArray<string>
}

/** No lane: the event is about no credential, or about all. */
export const noLane = 0xffff

/** Events `from` to `from + at.length - 1`, without gaps. */
export interface Columns {
  readonly from: number
  /** Milliseconds since 1970. */
  readonly at: Float64Array
  readonly lane: Uint16Array
  readonly actor: Uint16Array
  readonly type: Uint8Array
  readonly mark: Uint8Array
  /** The event that led to it, by its number; 0 for none. */
  readonly cause: Float64Array
}

/** A lane stood so from an instant on, until its next band, or until the end of the piece. In the order of `since`. */
export interface Bands {
  readonly lane: Uint16Array
  readonly since: Float64Array
  /** Place in `bandWords`; 255 when it is not in the pool. */
  readonly word: Uint8Array
}

/**
 * A piece of the ledger. Pieces come the newest first and then backwards, and live ones at the end; they do not overlap,
 * and each begins with the bands of all lanes as they stood before its first event.
 */
export interface Piece {
  readonly columns: Columns
  readonly bands: Bands
  /**
   * In the newest piece: how lanes will stand after its last event while no other comes, for a bench ends by the clock. It
   * is a forecast, and gives way to the piece that comes next.
   */
  readonly ahead?: Bands
  readonly legend: Legend
  /** Causes in this piece of events of newer ones, which had 0 for them. */
  readonly late?: LateCauses
}

/** Numbers of events, and of what led to each. */
export interface LateCauses {
  readonly effect: Float64Array
  readonly cause: Float64Array
}
