/** Moving through time: by event, to failures, to the newest, and by itself. */
import { effect, signal, untracked } from "@preact/signals"
import type { Store } from "./Store.ts"
import { moment } from "./Times.ts"

/** Milliseconds of the ledger in a second, or events in one. */
export type Speed = { readonly times: number } | { readonly events: number }

export const speeds: ReadonlyArray<readonly [string, Speed]> = [
  ["2 events a second", { events: 2 }],
  ["10 events a second", { events: 10 }],
  ["60 events a second", { events: 60 }],
  ["as it was", { times: 1 }],
  ["10 times", { times: 10 }],
  ["60 times", { times: 60 }],
  ["1 h in a second", { times: 3_600 }],
  ["1 d in a second", { times: 86_400 }]
]

export type Travel = ReturnType<typeof travelIn>

export const travelIn = (store: Store) => {
  const isPlaying = signal(false)
  const speed = signal(0)
  const at = () => store.here.peek()?.seq ?? 0
  const picture = () => store.picture.peek()

  const goTo = (seq: number) => {
    store.cursor.value = picture().cursorOn(seq)
    reveal(store, picture().time(seq))
    store.spoken.value = `Event ${seq}, ${picture().type(seq)}, ${moment(picture().at(seq))}`
  }
  /** False: there is none. */
  const step = (by: 1 | -1): boolean => {
    const seq = neighbour(store, at(), by)
    if (seq !== undefined) goTo(seq)
    return seq !== undefined
  }
  const toFailure = (by: 1 | -1) => {
    const seq = by === 1 ? picture().nextFailure(at()) : picture().previousFailure(at())
    if (seq === undefined) {
      store.spoken.value = store.notice.value =
        by === 1 ? "No failure behind the cursor." : "No failure before the cursor."
      return
    }
    goTo(seq)
  }
  const live = () => {
    isPlaying.value = false
    store.cursor.value = undefined
    reveal(store, store.present.peek())
    store.spoken.value = "At the newest event."
  }
  const pin = () => {
    store.pin.value = store.pin.peek() === undefined ? store.here.peek() : undefined
    store.spoken.value = store.pin.peek() === undefined ? "The pin is gone." : `Pinned at event ${at()}.`
  }
  effect(() => {
    const [, pace] = speeds[speed.value] ?? []
    if (isPlaying.value && pace !== undefined)
      return untracked(() => play(store, pace, { goTo, stop: () => (isPlaying.value = false) }))
  })
  return { isPlaying, speed, goTo, step, toFailure, live, pin }
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

interface Player {
  readonly goTo: (seq: number) => void
  readonly stop: () => void
}

/** Ends at the last event; gives the way to end it before. */
const play = (store: Store, pace: Speed, { goTo, stop }: Player): (() => void) => {
  const { picture } = store
  let seq = store.here.peek()?.seq ?? 0
  let clock = store.here.peek()?.now ?? 0
  if (store.cursor.peek() === undefined || picture.peek().next(seq) === undefined) {
    seq = store.matches.peek()?.[0] ?? picture.peek().first
    clock = picture.peek().time(seq)
    goTo(seq)
  }
  let owed = 0
  let before = performance.now()
  let frame = requestAnimationFrame(function onFrame(now) {
    const passed = now - before
    before = now
    const next = "events" in pace ? byCount(passed * pace.events) : byClock(passed * pace.times)
    if (next !== undefined && next !== seq) goTo((seq = next))
    if (picture.peek().next(seq) === undefined) return stop()
    frame = requestAnimationFrame(onFrame)
  })
  const byCount = (thousandths: number): number | undefined => {
    let reached: number | undefined = seq
    for (owed += thousandths; owed >= 1_000 && reached !== undefined; owed -= 1_000)
      reached = neighbour(store, reached, 1)
    if (reached === undefined) stop()
    return reached
  }
  const byClock = (millis: number): number | undefined => {
    clock += millis
    return Math.max(seq, picture.peek().seqAt(clock))
  }
  return () => cancelAnimationFrame(frame)
}
