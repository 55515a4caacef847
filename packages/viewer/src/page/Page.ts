/** The page behind its components: store, questions, travel and address, put together once. */
import { computed, effect, untracked } from "@preact/signals"
import { createContext } from "preact"
import { useContext } from "preact/hooks"
import { type AddressSync, syncAddress } from "./AddressSync.ts"
import { type PageAnswers, answersIn } from "./PageAnswers.ts"
import { type FollowView, followView } from "./FollowView.ts"
import { visible } from "./visible.ts"
import { makeStore, type Store } from "./Store.ts"
import { type Travel, travelIn } from "./Travel.ts"
import { type News, type Port, WorkerLink } from "./WorkerLink.ts"

export interface Page {
  readonly store: Store
  readonly link: WorkerLink
  readonly view: FollowView
  readonly travel: Travel
  readonly answers: PageAnswers
}

export const makePage = (port: Port, isReport: boolean): Page => {
  const store = makeStore(isReport)
  const link = new WorkerLink(port, (news) => hear(store, news))
  const view = followView(store)
  const travel = travelIn(store)
  openChosen(store, syncAddress(store, view, link))
  keepTime(store)
  nameTab(store)
  return { store, link, view, travel, answers: answersIn(store, link) }
}

const hear = (store: Store, news: News): void => {
  if ("about" in news) store.about.value = news.about
  else if ("piece" in news) {
    if (store.progress.peek() === undefined) markDrawn("first picture")
    store.picture.value = store.picture.peek().with(news.piece)
    store.progress.value = news.read
    if (news.read.events >= news.read.all) markDrawn("all read")
  } else if ("connection" in news) connected(store, news.connection)
  else if ("damage" in news) store.damage.value = news.damage
  else store.failed.value = news.failed
}

/** A moment that others wait for or measure: what was told before is on the screen. */
const markDrawn = (name: string): void => {
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark(name)))
}

const connected = ({ isConnected, returns }: Store, isUp: boolean): void => {
  if (isUp && !isConnected.peek()) returns.value++
  isConnected.value = isUp
}

/** Whoever chooses an event wants to read it; whoever chooses a credential, how it came to be so. */
const openChosen = ({ selected, tab }: Store, address: AddressSync): void => {
  let before = selected.peek()
  effect(() => {
    const chosen = selected.value
    if (chosen === before) return
    before = chosen
    if (chosen === undefined || address.isMoving()) return
    const open = untracked(() => tab.value)
    if ("seq" in chosen) tab.value = "event"
    else if (open !== "state") tab.value = "why"
  })
}

/** The browser's own tab says which ledger it is. */
const nameTab = ({ about }: Store): void => {
  effect(() => {
    if (about.value !== undefined) document.title = `${visible(about.value.name)} · Daybook`
  })
}

const tick = 10_000

/** Benches and tokens end by the clock. The end of a bench is known, and is shown when it comes. */
const keepTime = (store: Store): void => {
  const isRunning = computed(() => !store.isStill.value && store.isConnected.value && store.cursor.value === undefined)
  const look = () => {
    if (!document.hidden) store.clock.value = Date.now()
  }
  effect(() => {
    if (!isRunning.value) return
    const timer = setInterval(look, tick)
    return () => clearInterval(timer)
  })
  effect(() => {
    const next = isRunning.value ? store.picture.value.nextChange(store.clock.value) : undefined
    if (next === undefined || next - Date.now() > tick) return
    const timer = setTimeout(look, next - Date.now())
    return () => clearTimeout(timer)
  })
}

const Context = createContext<Page | undefined>(undefined)
export const PageProvider = Context.Provider

export const usePage = (): Page => {
  const page = useContext(Context)
  if (page === undefined) throw new TypeError("A component stands outside of the page")
  return page
}
