/** The layout: header, what has to be said, the timeline with its bar and the events, and the panels beside them. */
import { Timeline } from "../timeline/Timeline.tsx"
import { Banners } from "./Banners.tsx"
import { EventsPanel } from "./table/EventsPanel.tsx"
import { Header } from "./Header.tsx"
import { Help } from "./Help.tsx"
import { listenToKeys } from "./GlobalKeys.ts"
import { isNarrow } from "./Narrow.ts"
import { type Page, PageProvider } from "./Page.ts"
import { Panels } from "./panels/Panels.tsx"
import { TravelBar } from "./TravelBar.tsx"
import { Empty, Failed, Opening } from "./Whole.tsx"
import { useEffect } from "preact/hooks"

export const App = ({ page }: { readonly page: Page }) => {
  useEffect(() => listenToKeys(page), [page])
  return (
    <PageProvider value={page}>
      <Skip page={page} />
      <Header />
      <Banners />
      <Body page={page} />
      <Help />
      <p class="unseen" role="status" aria-live="polite">
        {page.store.spoken}
      </p>
    </PageProvider>
  )
}

/** Past the timeline, to what is said about it. */
const Skip = ({ page: { store } }: { readonly page: Page }) => {
  const hasPanels = store.failed.value === undefined && store.head.value > 0
  return hasPanels ? (
    <a class="skip" href="#panels" onClick={toPanels}>
      Skip to the panels
    </a>
  ) : undefined
}

/** The part behind `#` is the page's own. */
const toPanels = (event: Event) => {
  event.preventDefault()
  document.getElementById("panels")?.focus()
}

const Body = ({ page: { store, view } }: { readonly page: Page }) => {
  if (store.failed.value !== undefined) return <Failed why={store.failed.value} />
  if (store.about.value === undefined) return <Opening />
  if (store.head.value === 0) return <Empty />
  return (
    <main>
      <div class="past">
        <div class="picture">
          <h2 class="unseen">Timeline</h2>
          <Timeline
            picture={store.picture}
            view={store.view}
            cursor={store.cursor}
            pin={store.pin}
            selected={store.selected}
            shown={store.shown}
            overlay={store.overlay}
            brushed={store.brushed}
            present={store.shownUpTo}
            now={store.present}
            fit={view.fit}
          />
        </div>
        <TravelBar />
        {isNarrow.value ? undefined : (
          <section class="below" aria-labelledby="events-title">
            <h2 id="events-title">Events</h2>
            <EventsPanel />
          </section>
        )}
      </div>
      <Panels />
    </main>
  )
}
