/**
 * What a link carries: cursor, pin, view, choice, filter, panel and policy, in the part of the address behind `#`, which
 * no server sees. Written and read again it is the same.
 */
import type { Filter } from "../Questions.ts"
import type { Selection, Span } from "../timeline/Timeline.tsx"
import { filterFields, listOf, noFilter } from "./Filters.ts"

export const tabs = ["state", "why", "changes", "whatIf", "loops", "event", "events"] as const
export type Tab = (typeof tabs)[number]

export const presets = ["default", "hermes", "olderHermes"] as const
export type Preset = (typeof presets)[number]

/** A cursor; without an instant it stands at that of its event. */
export interface Moment {
  readonly seq: number
  readonly now: number | undefined
}

export interface Address {
  /** Undefined: the newest event. */
  readonly cursor: Moment | undefined
  readonly pin: Moment | undefined
  /** Undefined: the whole ledger. */
  readonly view: Span | undefined
  readonly selected: Selection | undefined
  readonly filter: Filter
  readonly tab: Tab
  readonly policy: Preset | undefined
}

export const nowhere: Address = {
  cursor: undefined,
  pin: undefined,
  view: undefined,
  selected: undefined,
  filter: noFilter,
  tab: "state",
  policy: undefined
}

export const writeAddress = (address: Address): string => {
  const { cursor, filter, pin, policy, selected, tab, view } = address
  const words = new URLSearchParams()
  const put = (name: string, value: string | number | undefined) => {
    if (value !== undefined && value !== "") words.append(name, String(value))
  }
  put("at", cursor?.seq)
  put("now", cursor?.now)
  put("pin", pin?.seq)
  put("pinNow", pin?.now)
  put("from", view?.from)
  put("to", view?.to)
  if (selected !== undefined && "seq" in selected) put("event", selected.seq)
  else put("credential", selected?.credential)
  put("text", filter.text)
  for (const field of filterFields) for (const value of filter[listOf(field)]) put(inAddress(field), value)
  put("tab", tab === "state" ? undefined : tab)
  put("policy", policy)
  return words.toString()
}

/** The choice has the name `credential`. */
const inAddress = (field: (typeof filterFields)[number]): string => (field === "credential" ? "of" : field)

export type Reading = { readonly address: Address } | { readonly wrong: string }

/** A part that nobody knows is left out; a part that cannot be meant makes the whole of it wrong. */
export const readAddress = (hash: string): Reading => {
  const words = new URLSearchParams(hash.replace(/^#/, ""))
  const wrong = (name: string): Reading => ({ wrong: `${name}=${words.get(name)}` })
  const cursor = momentOf(words, "at", "now")
  if (typeof cursor === "string") return wrong(cursor)
  const pin = momentOf(words, "pin", "pinNow")
  if (typeof pin === "string") return wrong(pin)
  const view = viewOf(words)
  if (view === null) return wrong(words.has("from") ? "from" : "to")
  const seq = words.has("event") ? seqOf(words.get("event")) : undefined
  if (seq === null) return wrong("event")
  const tab = words.get("tab") ?? "state"
  if (!isOneOf(tabs, tab)) return wrong("tab")
  const policy = words.get("policy") ?? undefined
  if (policy !== undefined && !isOneOf(presets, policy)) return wrong("policy")
  const credential = words.get("credential") ?? undefined
  const selected = seq !== undefined ? { seq } : credential === undefined ? undefined : { credential }
  return { address: { cursor, pin, view, selected, filter: filterOf(words), tab, policy } }
}

const isOneOf = <A extends string>(all: ReadonlyArray<A>, value: string): value is A =>
  (all as ReadonlyArray<string>).includes(value)

const filterOf = (words: URLSearchParams): Filter => ({
  text: words.get("text") ?? "",
  types: words.getAll(inAddress("type")),
  actors: words.getAll(inAddress("actor")),
  credentials: words.getAll(inAddress("credential")),
  verdicts: words.getAll(inAddress("verdict"))
})

const last = Date.UTC(9999, 11, 31)

const seqOf = (text: string | null): number | null => {
  const seq = Number(text)
  return text !== null && /^\d+$/.test(text) && Number.isSafeInteger(seq) && seq > 0 ? seq : null
}

const millisOf = (text: string | null): number | null => {
  const millis = Number(text)
  return text !== null && text !== "" && Number.isFinite(millis) && Math.abs(millis) <= last ? millis : null
}

/** Or the name of what is not to be read. */
const momentOf = <At extends string, Now extends string>(
  words: URLSearchParams,
  at: At,
  now: Now
): Moment | At | Now | undefined => {
  if (!words.has(at)) return words.has(now) ? now : undefined
  const seq = seqOf(words.get(at))
  const instant = words.has(now) ? millisOf(words.get(now)) : undefined
  if (seq === null) return at
  return instant === null ? now : { seq, now: instant }
}

const viewOf = (words: URLSearchParams): Span | null | undefined => {
  if (!words.has("from") && !words.has("to")) return undefined
  const from = millisOf(words.get("from"))
  const to = millisOf(words.get("to"))
  return from === null || to === null || from >= to ? null : { from, to }
}
