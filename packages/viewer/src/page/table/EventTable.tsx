/** The events as a grid of which only the rows in sight exist. One row takes the focus; the cursor brings its own into sight. */
import { useComputed, useSignal } from "@preact/signals"
import { defaultRangeExtractor, type Range } from "@tanstack/virtual-core"
import { useEffect, useMemo, useRef } from "preact/hooks"
import { actOf, type Act } from "../Keys.ts"
import { isNarrow } from "../Narrow.ts"
import { usePage } from "../Page.ts"
import { EventRow } from "./EventRow.tsx"
import { allFrom, only, partAround } from "./Numbers.ts"
import { makeRowCache } from "./RowCache.ts"
import { type Slots, slotsFor } from "./Slots.ts"
import { usePaced } from "./usePaced.ts"
import { useVirtual } from "./useVirtual.ts"

const columns = ["No.", "Time (UTC)", "Type", "Credential", "Actor", "What"]

export const EventTable = () => {
  const { link, store, travel } = usePage()
  const scroller = useRef<HTMLDivElement>(null)
  const cache = useMemo(() => makeRowCache(link), [link])
  const active = useSignal(0)
  const matches = store.matches.value
  const numbers = matches === undefined ? allFrom(store.about.value?.first ?? 1, store.head.value) : only(matches)
  const part = partAround(numbers.count, active.value)
  const height = isNarrow.value ? 52 : 28
  const activeInPart = active.value - part.base
  const virtual = useVirtual({
    count: part.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 4,
    rangeExtractor: (range) => withActive(range, activeInPart)
  })
  useEffect(() => virtual.measure(), [virtual, height])

  const items = virtual.getVirtualItems()
  const seqs = items.map(({ index }) => numbers.seqAt(part.base + index))
  const slots = useRef<Slots>(new Map())
  slots.current = slotsFor(
    items.map(({ index }) => part.base + index),
    slots.current
  )
  void cache.version.value
  useEffect(() => cache.want(seqs), [cache, seqs.join(" "), store.returns.value])

  const here = usePaced(useComputed(() => store.here.value?.seq ?? 0))
  useEffect(() => {
    const place = numbers.placeOf(here)
    const isLive = store.cursor.peek() === undefined
    const isFar = isLive && scroller.current?.contains(document.activeElement) === true
    if (isFar) return
    active.value = place
    const frame = requestAnimationFrame(() => {
      virtual.scrollToIndex(place - partAround(numbers.count, place).base, { align: "auto" })
    })
    return () => cancelAnimationFrame(frame)
  }, [here, matches])

  const moveTo = (place: number) => {
    active.value = Math.max(0, Math.min(place, numbers.count - 1))
    virtual.scrollToIndex(active.value - partAround(numbers.count, active.value).base, { align: "auto" })
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>("[tabindex='0']")?.focus())
  }
  const choose = (place: number) => {
    const seq = numbers.seqAt(place)
    active.value = place
    travel.goTo(seq)
    store.selected.value = { seq }
  }
  const screen = Math.max(1, Math.floor((scroller.current?.clientHeight ?? height) / height) - 1)
  const does: { readonly [act in Act<"table">]: () => void } = {
    rowUp: () => moveTo(active.value - 1),
    rowDown: () => moveTo(active.value + 1),
    pageUp: () => moveTo(active.value - screen),
    pageDown: () => moveTo(active.value + screen),
    firstRow: () => moveTo(0),
    lastRow: () => moveTo(numbers.count - 1),
    chooseRow: () => choose(active.value)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const act = actOf("table", event)
    if (act === undefined) return
    event.preventDefault()
    does[act]()
  }

  if (numbers.count === 0) return <NothingFound />
  return (
    <div class="table" role="grid" aria-label="Events" aria-rowcount={numbers.count + 1} aria-colcount={columns.length}>
      <div role="rowgroup" class="titles">
        <div role="row" aria-rowindex={1} class="event-row">
          {columns.map((name) => (
            <span key={name} role="columnheader">
              {name}
            </span>
          ))}
        </div>
      </div>
      <div ref={scroller} class="scroller" role="presentation" onKeyDown={onKeyDown}>
        <div role="rowgroup" class="sized" style={{ height: `${virtual.getTotalSize()}px` }}>
          {items.map(({ index, start }) => {
            const place = part.base + index
            const seq = numbers.seqAt(place)
            return (
              <EventRow
                key={slots.current.get(place)}
                seq={seq}
                row={cache.row(seq)}
                index={place + 2}
                top={start}
                height={height}
                isActive={place === active.value}
                isHere={seq === here}
                onChoose={() => choose(place)}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

/** The row with the focus exists even when it is out of sight. */
const withActive = (range: Range, active: number): Array<number> => {
  const places = defaultRangeExtractor(range)
  if (active < 0 || active >= range.count || places.includes(active)) return places
  return active < (places[0] ?? 0) ? [active, ...places] : [...places, active]
}

const NothingFound = () => (
  <p class="nothing">
    No event matches. Fewer words find more; a word with <code>type:</code>, <code>actor:</code>,{" "}
    <code>credential:</code> or <code>verdict:</code> before it has to be a whole name.
  </p>
)
