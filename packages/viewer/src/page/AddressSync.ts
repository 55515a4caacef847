/** The address and the page follow each other. The history of the browser is not filled: a link is made, not a trail. */
import { batch, effect, untracked } from "@preact/signals"
import type { Cursor } from "../Questions.ts"
import { type Address, type Moment, presets, readAddress, writeAddress } from "./Address.ts"
import type { FollowView } from "./FollowView.ts"
import type { Store } from "./Store.ts"
import type { WorkerLink } from "./WorkerLink.ts"

/** Browsers refuse more than a few changes a second. */
const pause = 400

export interface AddressSync {
  /** While the page is being put where a link points. */
  readonly isMoving: () => boolean
}

export const syncAddress = (store: Store, view: FollowView, link: WorkerLink): AddressSync => {
  let isMoving = false
  /** A link of which an instant is not known yet. It stays in the address until it is followed. */
  let awaited: Address | undefined
  let written: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const take = () => {
    if (location.hash.replace(/^#/, "") === written) return
    const reading = readAddress(location.hash)
    if ("wrong" in reading) {
      store.notice.value = `The link says ${reading.wrong}, which is not to be understood. It is left aside.`
      return
    }
    store.notice.value = undefined
    const { address } = reading
    awaited = address
    complete(link, address, (found) => {
      if (awaited !== address) return
      awaited = undefined
      isMoving = true
      if ("why" in found) store.notice.value = `The link names a moment that cannot be shown. ${found.why}`
      else moveTo(store, view, found)
      isMoving = false
    })
  }
  const write = () => {
    timer = undefined
    if (awaited !== undefined) return
    written = untracked(() => writeAddress(addressOf(store, view)))
    replace(written)
  }
  if (location.hash.length > 1) take()
  addEventListener("hashchange", take)
  effect(() => {
    addressOf(store, view)
    if (timer === undefined) timer = setTimeout(write, pause)
  })
  return { isMoving: () => isMoving }
}

/** A file on disk may not let it be. */
const replace = (hash: string): void => {
  try {
    history.replaceState(history.state, "", hash === "" ? `${location.pathname}${location.search}` : `#${hash}`)
  } catch {
    // The page works without.
  }
}

const addressOf = (store: Store, view: FollowView): Address => {
  const policy = store.policy.value
  const isWhole = view.isWhole()
  return {
    cursor: store.cursor.value,
    pin: store.pin.value,
    view: isWhole ? undefined : store.view.value,
    selected: store.selected.value,
    filter: store.filter.value,
    tab: store.tab.value,
    policy: presets.find((name) => name === policy?.name)
  }
}

/** An address whose moments have their instants. */
type Complete = Address & { readonly cursor: Cursor | undefined; readonly pin: Cursor | undefined }

/** At once, if nothing is missing. */
const complete = (
  link: WorkerLink,
  address: Address,
  take: (found: Complete | { readonly why: string }) => void
): void => {
  const seqs = [address.cursor, address.pin].flatMap((one) =>
    one !== undefined && one.now === undefined ? [one.seq] : []
  )
  const whole = (instants: ReadonlyArray<number> = []): Complete => {
    const at = (moment: Moment | undefined): Cursor | undefined =>
      moment && { seq: moment.seq, now: moment.now ?? instants[seqs.indexOf(moment.seq)] ?? 0 }
    return { ...address, cursor: at(address.cursor), pin: at(address.pin) }
  }
  if (seqs.length === 0) return take(whole())
  link.ask("instants", { seqs }, (given) => take("refused" in given ? { why: given.refused } : whole(given.answer)))
}

const moveTo = (store: Store, view: FollowView, address: Complete): void =>
  batch(() => {
    store.cursor.value = address.cursor
    store.pin.value = address.pin
    store.selected.value = address.selected
    store.filter.value = address.filter
    store.policy.value = address.policy === undefined ? undefined : { name: address.policy }
    store.tab.value = address.tab
    if (address.view === undefined) view.fit()
    else store.view.value = address.view
  })
