/** Moving through time: by event, to failures, to the newest, and by itself. */
import { effect, signal, untracked } from "@preact/signals"
import { played, speeds } from "../timeline/Play.ts"
import type { Store } from "./Store.ts"
import { moment } from "./Times.ts"

export type Travel = ReturnType<typeof travelIn>

export const travelIn = (store: Store) => {
  const isPlaying = signal(false)
  const speed = signal(2)
  const hint = signal("")
  const at = () => store.here.peek()?.seq ?? 0
  const picture = () => store.picture.peek()

  /** Nothing moves; why stands in the bar. */
  const say = (why: string) => {
    store.spoken.value = hint.value = why
  }
  effect(() => {
    void store.cursor.value
    hint.value = ""
  })
  const goTo = (seq: number) => {
    store.cursor.value = picture().cursorOn(seq)
    reveal(store, picture().time(seq))
    store.spoken.value = `Event ${seq}, ${picture().type(seq)}, ${moment(picture().at(seq))}`
  }
  const step = (by: 1 | -1) => {
    const seq = neighbour(store, at(), by)
    if (seq === undefined) return say(`No event ${by === 1 ? "after" : "before"} the cursor.`)
    goTo(seq)
  }
  const toFailure = (by: 1 | -1) => {
    const seq = by === 1 ? picture().nextFailure(at()) : picture().previousFailure(at())
    if (seq === undefined) return say(`No failure ${by === 1 ? "after" : "before"} the cursor.`)
    goTo(seq)
  }
  const live = () => {
    isPlaying.value = false
    store.cursor.value = undefined
    reveal(store, store.shownUpTo.peek())
    store.spoken.value = "At the newest event."
  }
  const pin = () => {
    store.pin.value = store.pin.peek() === undefined ? store.here.peek() : undefined
    store.spoken.value = store.pin.peek() === undefined ? "The pin is gone." : `Pinned at event ${at()}.`
  }
  effect(() => {
    const pace = speeds[speed.value]
    if (isPlaying.value && pace !== undefined)
      return untracked(() => play(store, pace, () => (isPlaying.value = false)))
  })
  return { isPlaying, speed, hint, goTo, step, toFailure, live, pin }
}

/** The next event that the filter keeps. */
const neighbour = (store: Store, seq: number, by: 1 | -1): number | undefined => {
  const matches = store.matches.peek()
  if (matches === undefined) return by === 1 ? store.picture.peek().next(seq) : store.picture.peek().previous(seq)
  const place = placeOf(matches, seq)
  return by === 1 ? matches[matches[place] === seq ? place + 1 : place] : matches[place - 1]
}

/** Place of the first number that is not smaller. */
export const placeOf = (sorted: ArrayLike<number>, value: number): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Moves the view if a moment is out of sight. */
const reveal = ({ view }: Store, time: number): void => {
  const { from, to } = view.peek()
  if (time >= from && time <= to) return
  const half = (to - from) / 2
  view.value = { from: time - half, to: time + half }
}

/** From the cursor on, or from the first event if there is nothing behind it. Gives the way to end it. */
const play = (store: Store, pace: number, stop: () => void): (() => void) => {
  const { cursor, here, picture } = store
  if (picture.peek().next(here.peek()?.seq ?? 0) === undefined)
    cursor.value = picture.peek().cursorOn(picture.peek().first)
  let before = performance.now()
  let frame = requestAnimationFrame(function onFrame(now) {
    const from = here.peek()
    const next = from && played(picture.peek(), from, pace, now - before)
    before = now
    if (next === undefined) return stop()
    cursor.value = next
    reveal(store, next.now)
    frame = requestAnimationFrame(onFrame)
  })
  return () => cancelAnimationFrame(frame)
}
