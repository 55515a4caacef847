/** Acts on the keys that work everywhere. The timeline and the table take theirs before. */
import { endOne } from "./Escape.ts"
import { isHelpOpen } from "./Help.tsx"
import { type Act, actOf, isControl, isTyping } from "./Keys.ts"
import { isNarrow } from "./Narrow.ts"
import type { Page } from "./Page.ts"
import { type Tab, tabs } from "./Address.ts"

export const listenToKeys = (page: Page): (() => void) => {
  const onKey = (event: KeyboardEvent) => {
    const act = actOf("everywhere", event)
    if (act === undefined || event.defaultPrevented || isHelpOpen.value) return
    if (isTyping(event.target) && act !== "clear") return
    if (event.key === " " && isControl(event.target)) return
    event.preventDefault()
    does(page, event)[act]()
  }
  document.addEventListener("keydown", onKey)
  return () => document.removeEventListener("keydown", onKey)
}

const does = (page: Page, event: KeyboardEvent): { readonly [act in Act<"everywhere">]: () => void } => {
  const { store, travel, view } = page
  return {
    next: () => travel.step(1),
    previous: () => travel.step(-1),
    nextFailure: () => travel.toFailure(1),
    previousFailure: () => travel.toFailure(-1),
    play: () => (travel.isPlaying.value = !travel.isPlaying.value),
    pin: travel.pin,
    live: travel.live,
    fit: view.fit,
    timeline: () => focusIn(".timeline"),
    events: () => {
      openEvents(store)
      focusWhenShown("[role=row][tabindex='0']")
    },
    search: () => {
      openEvents(store)
      focusWhenShown("#search")
    },
    tab: () => {
      const tab: Tab | undefined = tabs[Number(event.key) - 1]
      if (tab === undefined) return
      store.tab.value = tab
      focusWhenShown(`#tab-${tab}`)
    },
    help: () => (isHelpOpen.value = true),
    clear: () => endOne(page)
  }
}

const openEvents = (store: Page["store"]): void => {
  if (isNarrow.value) store.tab.value = "events"
}

/** At once if it is there, since the next key may follow at once; else as soon as its panel is drawn. */
const focusWhenShown = (selector: string): void => {
  if (!focusIn(selector)) requestAnimationFrame(() => requestAnimationFrame(() => focusIn(selector)))
}

/** The element, or the first within it that takes the focus. */
const focusIn = (selector: string): boolean => {
  const element = document.querySelector<HTMLElement>(selector)
  if (element === null) return false
  const target = element.tabIndex >= 0 ? element : element.querySelector<HTMLElement>("[tabindex='0']")
  const focused = target ?? element
  focused.focus()
  return true
}
