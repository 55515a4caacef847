/** Escape ends one thing at a time: what takes long, then what is open, the nearest to the focus first, then what is chosen. */
import type { Tab } from "./Address.ts"
import type { Page } from "./Page.ts"

export const endOne = (page: Page): void => {
  const { brushed, selected } = page.store
  if (stopLong(page) || closeOpen()) return
  if (selected.value !== undefined) selected.value = undefined
  else brushed.value = undefined
}

const stopLong = ({ answers: { diff, loops, whatIf }, store }: Page): boolean => {
  const long: { readonly [tab in Tab]?: typeof diff | typeof loops | typeof whatIf } = { changes: diff, loops, whatIf }
  const stop = long[store.tab.value]?.value.stop
  stop?.()
  return stop !== undefined
}

/** Lists that lie over other things are in the way wherever the focus is; of a panel, what is open while one is in it. */
const closeOpen = (): boolean => {
  const focused = document.activeElement
  const panel = focused?.closest(".panel")
  const open =
    focused?.closest<HTMLDetailsElement>("details[open]") ??
    document.querySelector<HTMLDetailsElement>(".lists[open], .timeline-key[open]") ??
    Array.from(panel?.querySelectorAll<HTMLDetailsElement>("details[open]") ?? []).at(-1)
  if (open === undefined || open === null) return false
  const hadFocus = open.contains(focused)
  open.open = false
  if (hadFocus) open.querySelector("summary")?.focus()
  return true
}
