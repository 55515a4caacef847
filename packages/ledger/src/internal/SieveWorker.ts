/**
 * The program of the thread that sieves: gets the bytes of a segment piece after piece, and gives each back with the
 * wanted lines in it, one after the other.
 */
import { parentPort } from "node:worker_threads"
import { maxBytes } from "./LineEnds.ts"
import { type Options, sieve } from "./Sieve.ts"
import type { Place } from "./Walk.ts"

/** Says where a round of pieces begins, and what is wanted of them. */
export interface Order extends Options {
  readonly round: number
  readonly place: Place
}

/** Bytes that follow those of the piece before. Their memory is handed over. */
export interface Piece {
  readonly round: number
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly length: number
}

/** The memory of a piece, given back. Nothing was found if its round was over. */
export interface Answer {
  readonly round: number
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly found:
    | { readonly place: Place; readonly isStuck: boolean; readonly isLast: boolean; readonly written: number }
    | undefined
}

if (parentPort === null) throw new Error("this program is a thread of another")
const port = parentPort

let order: Order | undefined
let place: Place | undefined
let memory = Buffer.alloc(0)
/** Bytes at the end of the headroom: what the last piece held of a line. */
let left = 0

port.on("message", (message: Order | Piece) => {
  if ("bytes" in message) return answer(message)
  order = message
  place = message.place
  left = 0
})

const answer = ({ bytes, length, round }: Piece): void => {
  const found = order?.round === round && place !== undefined ? pass(order, place, bytes, length) : undefined
  place = found === undefined || found.isLast ? undefined : found.place
  port.postMessage({ round, bytes, found } satisfies Answer, [bytes.buffer])
}

/** Looks at the lines that end in this piece, and writes the wanted ones over it. */
const pass = (order: Order, from: Place, bytes: Uint8Array<ArrayBuffer>, length: number): Answer["found"] => {
  if (memory.length < maxBytes + length) memory = Buffer.concat([memory.subarray(0, maxBytes)], maxBytes + length)
  memory.set(bytes.subarray(0, length), maxBytes)
  const chunk = memory.subarray(maxBytes - left, maxBytes + length)
  let written = 0
  const sieved = sieve(chunk, from, order, (line, begin, end) => {
    bytes.set(line.subarray(begin, end + 1), written)
    written += end + 1 - begin
    return true
  })
  left = chunk.length - (sieved.place.offset - from.offset)
  const isDone = sieved.place.isSealed || sieved.place.seq >= order.to
  const isStuck = sieved.isStuck || (!isDone && (sieved.place === from || left > maxBytes))
  const isLast = isStuck || isDone
  if (!isLast) chunk.copy(memory, maxBytes - left, chunk.length - left)
  return { place: sieved.place, isStuck, isLast, written }
}
