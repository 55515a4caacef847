/** Reads a ledger from the server that the page came from. Keeps nothing of it. */
import { empty, type PoolState } from "@daybook/pool/PoolState"
import * as StateSnapshot from "@daybook/pool/StateSnapshot"
import { Option } from "effect"
import type { Following, Range } from "../Source.ts"
import { type About, paths } from "../Wire.ts"
import { eventIn, LineCutter, type LineSource } from "./Lines.ts"
import { followLive, type MakeEventSource } from "./Live.ts"
import { gone, refused, unreadable } from "./SourceError.ts"
import { Breath } from "./Turns.ts"

export class HttpSource implements LineSource {
  readonly #server: string
  readonly #makeEvents: MakeEventSource
  /** The server has read all events up to here, and knew them. */
  #knownUpTo = 0

  /** `server`: the folder of the page, without a slash at its end. */
  constructor(server: string, makeEvents: MakeEventSource = (address) => new EventSource(address)) {
    this.#server = server
    this.#makeEvents = makeEvents
  }

  async about(): Promise<About> {
    const response = await this.#ask(paths.about, new URLSearchParams())
    const about = (await whole(response.json())) as About
    this.#knownUpTo = about.unknown === 0 ? about.head : 0
    return about
  }

  async state(seq: number): Promise<PoolState> {
    if (seq === 0) return empty
    const response = await this.#ask(paths.state, new URLSearchParams({ seq: `${seq}` }))
    const state = StateSnapshot.decode(await whole(response.text()))
    if (Option.isSome(state)) return state.value
    throw unreadable(
      `The state behind event ${seq} cannot be read. Load the page again: the server is another version.`
    )
  }

  events(range: Range, take: Parameters<LineSource["events"]>[1]): Promise<void> {
    const isKnown = range.to <= this.#knownUpTo
    return this.lines(range, (line) => take(eventIn(line, isKnown)))
  }

  async lines({ from, names, pause, signal, to, types }: Range, take: (line: string) => void): Promise<void> {
    if (from > to) return
    const query = new URLSearchParams({ from: `${from}`, to: `${to}` })
    if (types !== undefined) query.append("types", [...types].join(","))
    for (const name of names ?? []) query.append("names", name)
    const { body } = await this.#ask(paths.lines, query, signal)
    if (body !== null) await cutUp(body, new LineCutter(take), new Breath(pause))
  }

  async line(seq: number): Promise<string> {
    let found: string | undefined
    await this.lines({ from: seq, to: seq }, (line) => (found = line))
    if (found === undefined) throw refused(`There is no event ${seq} in this ledger.`)
    return found
  }

  follow(after: number, listener: Following): void {
    followLive((last) => this.#makeEvents(`${this.#server}${paths.live}?after=${last}`), after, listener)
  }

  async #ask(path: string, query: URLSearchParams, signal?: AbortSignal): Promise<Response> {
    const asked = fetch(`${this.#server}${path}?${query}`, { credentials: "same-origin", signal: signal ?? null })
    const response = await whole(asked)
    if (response.ok) return response
    throw refused((await whole(response.text())).trim() || `The server answers ${response.status}.`)
  }
}

/** Who reads too slowly makes the server wait. */
const cutUp = async (body: ReadableStream<Uint8Array>, cutter: LineCutter, breath: Breath): Promise<void> => {
  const reader = readerOf(body)
  try {
    for (let part = await whole(reader.read()); !part.done; part = await whole(reader.read())) {
      cutter.write(part.value)
      await breath.take()
    }
  } finally {
    reader.cancel().catch(() => undefined) // what broke off is told by the reading itself
  }
  if (!cutter.isDone) throw gone()
}

type Reader = Pick<ReadableStreamDefaultReader<Uint8Array>, "read" | "cancel">

/** A text of it, with what Chromium puts before it, fits into 64 KiB. */
const bufferLength = 60 * 1_024

/** Where the browser can, every part is read into the same buffer: new ones would be garbage faster than it is collected. */
const readerOf = (body: ReadableStream<Uint8Array>): Reader => {
  const reader = byobReaderOf(body)
  if (reader === undefined) return body.getReader()
  let buffer = new ArrayBuffer(bufferLength)
  return {
    read: async () => {
      const { done, value } = await reader.read(new Uint8Array(buffer))
      if (done || value === undefined) return { done: true, value: undefined }
      buffer = value.buffer
      return { done, value }
    },
    cancel: () => reader.cancel()
  }
}

const byobReaderOf = (body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | undefined => {
  try {
    return body.getReader({ mode: "byob" })
  } catch {
    return undefined // not every browser reads its answers so
  }
}

/** What is broken off is not taken for the whole. */
const whole = async <A>(answer: Promise<A>): Promise<A> => {
  try {
    return await answer
  } catch (error) {
    throw error instanceof TypeError ? gone() : error
  }
}
