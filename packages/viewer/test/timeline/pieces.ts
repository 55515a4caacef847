/** Ledgers for the timeline's tests, written event by event. */
import {
  type Bands,
  type BandWord,
  bandWords,
  type Lane,
  type MarkKind,
  markKinds,
  noLane,
  type Piece
} from "@daybook/viewer/Picture"
import { Picture } from "@daybook/viewer/timeline/Picture"

export const lane = (credential: string, provider: string, label?: string): Lane => ({
  credential,
  provider,
  label,
  kind: "oauth",
  enrolled: { seq: 1, at: 0 }
})

export const lanes = [lane("c-1", "xai-oauth"), lane("c-10", "openai-codex"), lane("c-2", "openai-codex")]
const actors = ["one", "two", "three"].map((id) => ({ id, name: `hermes ${id}` }))

export interface Told {
  readonly at: number
  readonly mark?: MarkKind
  readonly lane?: number
  readonly actor?: number
  readonly cause?: number
}

export interface ToldBand {
  readonly lane: number
  readonly since: number
  readonly word: BandWord | undefined
}

export const piece = (from: number, told: ReadonlyArray<Told>, bands: ReadonlyArray<ToldBand> = []): Piece => ({
  columns: {
    from,
    at: Float64Array.from(told, ({ at }) => at),
    lane: Uint16Array.from(told, ({ lane = noLane }) => lane),
    actor: Uint16Array.from(told, ({ actor = 0 }) => actor),
    type: new Uint8Array(told.length),
    mark: Uint8Array.from(told, ({ mark = "none" }) => markKinds.indexOf(mark)),
    cause: Float64Array.from(told, ({ cause = 0 }) => cause)
  },
  bands: bandsOf(bands),
  legend: { lanes, actors, types: ["RefreshStarted"] }
})

export const bandsOf = (bands: ReadonlyArray<ToldBand>): Bands => ({
  lane: Uint16Array.from(bands, ({ lane }) => lane),
  since: Float64Array.from(bands, ({ since }) => since),
  word: Uint8Array.from(bands, ({ word }) => (word === undefined ? 255 : bandWords.indexOf(word)))
})

export const pictureOf = (...pieces: ReadonlyArray<Piece>): Picture =>
  pieces.reduce((picture, piece) => picture.with(piece), Picture.empty)
