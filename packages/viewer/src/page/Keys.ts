/**
 * All keys of the page, in one table: the page and the timeline act by it, and the help shows it. A letter is never a
 * key while somebody types.
 */

export type Place = "everywhere" | "timeline" | "table"

export interface Key {
  /** What the key is asked for by. */
  readonly act: string
  /** `event.key`, any of them. */
  readonly keys: ReadonlyArray<string>
  readonly shift?: boolean
  readonly shown: string
  readonly does: string
  readonly place: Place
}

export const keys = [
  { act: "next", keys: ["."], shown: ".", does: "Next event", place: "everywhere" },
  { act: "previous", keys: [","], shown: ",", does: "Previous event", place: "everywhere" },
  { act: "nextFailure", keys: ["n"], shown: "n", does: "Next failure", place: "everywhere" },
  { act: "previousFailure", keys: ["b"], shown: "b", does: "Previous failure", place: "everywhere" },
  { act: "play", keys: [" "], shown: "Space", does: "Play or stop", place: "everywhere" },
  { act: "pin", keys: ["p"], shown: "p", does: "Pin the cursor, or take the pin away", place: "everywhere" },
  { act: "live", keys: ["l"], shown: "l", does: "Back to the newest event", place: "everywhere" },
  { act: "fit", keys: ["f"], shown: "f", does: "Show the whole ledger", place: "everywhere" },
  { act: "timeline", keys: ["t"], shown: "t", does: "Go to the timeline", place: "everywhere" },
  { act: "events", keys: ["e"], shown: "e", does: "Go to the table of events", place: "everywhere" },
  { act: "search", keys: ["/"], shown: "/", does: "Search", place: "everywhere" },
  { act: "tab", keys: ["1", "2", "3", "4", "5", "6"], shown: "1 … 6", does: "Open a panel", place: "everywhere" },
  { act: "help", keys: ["?"], shown: "?", does: "Show these keys", place: "everywhere" },
  {
    act: "clear",
    keys: ["Escape"],
    shown: "Esc",
    does: "Clear the search; stop, close, or choose nothing",
    place: "everywhere"
  },
  { act: "back", keys: ["ArrowLeft", "k"], shown: "← k", does: "Previous event", place: "timeline" },
  { act: "on", keys: ["ArrowRight", "j"], shown: "→ j", does: "Next event", place: "timeline" },
  { act: "laneUp", keys: ["ArrowUp"], shown: "↑", does: "Choose the lane above", place: "timeline" },
  { act: "laneDown", keys: ["ArrowDown"], shown: "↓", does: "Choose the lane below", place: "timeline" },
  { act: "panBack", keys: ["ArrowLeft"], shift: true, shown: "Shift ←", does: "Move the view back", place: "timeline" },
  { act: "panOn", keys: ["ArrowRight"], shift: true, shown: "Shift →", does: "Move the view on", place: "timeline" },
  { act: "screenBack", keys: ["PageUp"], shown: "Page ↑", does: "Move the view back by its width", place: "timeline" },
  { act: "screenOn", keys: ["PageDown"], shown: "Page ↓", does: "Move the view on by its width", place: "timeline" },
  { act: "zoomIn", keys: ["+", "="], shown: "+", does: "Look closer", place: "timeline" },
  { act: "zoomOut", keys: ["-"], shown: "−", does: "See more", place: "timeline" },
  { act: "all", keys: ["0"], shown: "0", does: "Show the whole ledger", place: "timeline" },
  { act: "first", keys: ["Home"], shown: "Home", does: "First event", place: "timeline" },
  { act: "last", keys: ["End"], shown: "End", does: "Newest event", place: "timeline" },
  { act: "spanFrom", keys: ["["], shown: "[", does: "A span begins at the cursor", place: "timeline" },
  { act: "spanTo", keys: ["]"], shown: "]", does: "The span ends at the cursor", place: "timeline" },
  { act: "spanZoom", keys: ["z"], shown: "z", does: "Look at the span", place: "timeline" },
  { act: "choose", keys: ["Enter"], shown: "Enter", does: "Choose the event at the cursor", place: "timeline" },
  { act: "rowUp", keys: ["ArrowUp"], shown: "↑", does: "Row above", place: "table" },
  { act: "rowDown", keys: ["ArrowDown"], shown: "↓", does: "Row below", place: "table" },
  { act: "pageUp", keys: ["PageUp"], shown: "Page ↑", does: "A screen up", place: "table" },
  { act: "pageDown", keys: ["PageDown"], shown: "Page ↓", does: "A screen down", place: "table" },
  { act: "firstRow", keys: ["Home"], shown: "Home", does: "First row", place: "table" },
  { act: "lastRow", keys: ["End"], shown: "End", does: "Last row", place: "table" },
  { act: "chooseRow", keys: ["Enter"], shown: "Enter", does: "Go to the event of the row", place: "table" }
] as const satisfies ReadonlyArray<Key>

type Known = (typeof keys)[number]
export type Act<At extends Place> = Extract<Known, { readonly place: At }>["act"]

/** The parts of a key press that matter here. */
export interface Press {
  readonly key: string
  readonly shiftKey: boolean
  readonly altKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
}

/** What a press asks for at a place; a combination with other modifiers belongs to the browser. */
export const actOf = <At extends Place>(place: At, press: Press): Act<At> | undefined => {
  if (press.altKey || press.ctrlKey || press.metaKey) return undefined
  const all: ReadonlyArray<Key> = keys
  const fits = all.filter((key) => key.place === place && key.keys.includes(press.key))
  const isNamed = press.key.length > 1
  const found = isNamed ? fits.find(({ shift = false }) => shift === press.shiftKey) : fits[0]
  return found?.act as Act<At> | undefined
}

/** Fields take letters for themselves. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=file])"))

/** Space and Enter on these do what they always do. */
export const isControl = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("button, summary, a, input, [role=tab], [role=row]")
