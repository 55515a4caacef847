/** The panels, one at a time, as tabs. The choice is moved by arrows, as tabs are. */
import type { ComponentType } from "preact"
import type { Tab } from "../Address.ts"
import { isNarrow } from "../Narrow.ts"
import { usePage } from "../Page.ts"
import { EventsPanel } from "../table/EventsPanel.tsx"
import { ChangesPanel } from "./ChangesPanel.tsx"
import { EventPanel } from "./EventPanel.tsx"
import { LoopsPanel } from "./LoopsPanel.tsx"
import { StatePanel } from "./StatePanel.tsx"
import { WhatIfPanel } from "./WhatIfPanel.tsx"
import { WhyPanel } from "./WhyPanel.tsx"

const panels: ReadonlyArray<readonly [Tab, string, ComponentType]> = [
  ["state", "State", StatePanel],
  ["why", "Why", WhyPanel],
  ["changes", "Changes", ChangesPanel],
  ["whatIf", "What-if", WhatIfPanel],
  ["loops", "Loops", LoopsPanel],
  ["event", "Event", EventPanel],
  ["events", "Events", EventsPanel]
]

export const Panels = () => {
  const { store } = usePage()
  const all = panels.filter(([tab]) => tab !== "events" || isNarrow.value)
  const [tab, title, Panel] = all.find(([tab]) => tab === store.tab.value) ?? panels[0]!
  const onKeyDown = (event: KeyboardEvent) => {
    const to = moved(
      event.key,
      all.findIndex(([one]) => one === tab),
      all.length
    )
    const next = to === undefined ? undefined : all[to]?.[0]
    if (next === undefined) return
    event.preventDefault()
    store.tab.value = next
    document.getElementById(`tab-${next}`)?.focus()
  }
  return (
    <section class="panels" aria-label="Panels">
      <div class="tabs" role="tablist" aria-label="Panels" onKeyDown={onKeyDown}>
        {all.map(([one, name]) => (
          <button
            key={one}
            type="button"
            role="tab"
            id={`tab-${one}`}
            aria-selected={one === tab}
            aria-controls="panels"
            tabIndex={one === tab ? 0 : -1}
            onClick={() => (store.tab.value = one)}
          >
            {name}
          </button>
        ))}
      </div>
      <div class={`panel ${tab}`} role="tabpanel" id="panels" aria-labelledby={`tab-${tab}`} tabIndex={0} key={tab}>
        <h2 class="unseen">{title}</h2>
        <Panel />
      </div>
    </section>
  )
}

const moved = (key: string, from: number, count: number): number | undefined => {
  switch (key) {
    case "ArrowRight":
      return (from + 1) % count
    case "ArrowLeft":
      return (from + count - 1) % count
    case "Home":
      return 0
    case "End":
      return count - 1
    default:
      return undefined
  }
}
