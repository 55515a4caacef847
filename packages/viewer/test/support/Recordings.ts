/** The recorded ledgers of examples/ledgers, and what people must be told of each. */
import type { Context } from "@daybook/viewer/model/Context"
import type { Cursor } from "@daybook/viewer/Questions"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { FileSource } from "./FileSource.ts"

const recordings = fileURLToPath(new URL("../../../../examples/ledgers", import.meta.url))

export interface Expected {
  readonly asked: ReadonlyArray<{
    readonly credential: string
    readonly at?: string
    readonly cause: string
    readonly next?: string
  }>
  readonly loops: ReadonlyArray<string>
  readonly deadTokenRequests?: Readonly<Record<string, number>>
}

export const names = readdirSync(recordings, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : []
)

export const fileOf = (name: string, file: string): string => join(recordings, name, file)

export const expectedOf = (name: string): Expected =>
  JSON.parse(readFileSync(fileOf(name, "expected.json"), "utf8")) as Expected

export interface Opened extends Context {
  readonly source: FileSource
  readonly end: Cursor
}

export const contextOf = async (source: FileSource, signal?: AbortSignal): Promise<Opened> => {
  const { first, head } = await source.about()
  const { latest: now } = await source.state(head)
  return { source, first, stateAt: ({ seq }) => source.state(seq), end: { seq: head, now }, signal }
}

export const open = (name: string): Promise<Opened> => contextOf(FileSource.at(fileOf(name, "ledger.jsonl")))

/** As `--at` names it: an event, or an instant, and the last event before it. */
export const cursorAt = async ({ end, source }: Opened, at: string | undefined): Promise<Cursor> => {
  if (at === undefined) return end
  if (/^\d+$/.test(at)) return { seq: Number(at), now: (await source.state(Number(at))).latest }
  const now = Date.parse(at)
  let seq = 0
  while (seq < source.head && (await source.state(seq + 1)).latest <= now) seq++
  return { seq, now }
}
