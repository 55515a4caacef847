/** All that the page knows, and all that a person has moved in it, as signals. The address carries what a link needs of them. */
import { computed, signal } from "@preact/signals"
import type { Cursor, Filter, PolicyChoice, Progress } from "../Questions.ts"
import { Picture } from "../timeline/Picture.ts"
import { whole } from "../timeline/Span.ts"
import type { Overlaid, Selection, Span } from "../timeline/Timeline.tsx"
import type { About } from "../Wire.ts"
import type { Tab } from "./Address.ts"
import { noFilter } from "./Filters.ts"

export type Store = ReturnType<typeof makeStore>

export const makeStore = (isReport: boolean) => {
  const told = {
    about: signal<About | undefined>(undefined),
    picture: signal<Picture>(Picture.empty),
    progress: signal<Progress | undefined>(undefined),
    isConnected: signal(true),
    /** How often the server came back. */
    returns: signal(0),
    damage: signal<string | undefined>(undefined),
    failed: signal<string | undefined>(undefined)
  }
  const moved = {
    view: signal<Span>({ from: 0, to: 1 }),
    cursor: signal<Cursor | undefined>(undefined),
    pin: signal<Cursor | undefined>(undefined),
    selected: signal<Selection | undefined>(undefined),
    brushed: signal<Span | undefined>(undefined),
    filter: signal<Filter>(noFilter),
    tab: signal<Tab>("state"),
    policy: signal<PolicyChoice | undefined>(undefined)
  }
  const found = {
    /** Numbers of the events that match the filter; undefined without one. */
    matches: signal<Float64Array | undefined>(undefined),
    shown: signal<ReadonlySet<number> | undefined>(undefined),
    overlay: signal<ReadonlyArray<Overlaid>>([]),
    /** Said aloud by a screen reader. */
    spoken: signal(""),
    notice: signal<string | undefined>(undefined)
  }
  const clock = signal(Date.now())
  const head = computed(() => Math.max(told.about.value?.head ?? 0, told.picture.value.last))
  const isStill = computed(() => isReport || told.about.value?.at !== undefined)
  const end = computed(() => endOf(told.picture.value))
  /** The instant at which the newest state is looked at. */
  const present = computed(() => {
    const { at, isFromElsewhere = false } = told.about.value ?? {}
    return at ?? (isStill.value || isFromElsewhere ? end.value : Math.max(clock.value, end.value))
  })
  /** The cursor, or the newest event as it stands now; undefined when there is no event. */
  const here = computed<Cursor | undefined>(
    () => moved.cursor.value ?? (head.value === 0 ? undefined : { seq: head.value, now: present.value })
  )
  const isReading = computed(() => {
    const { value: read } = told.progress
    return read === undefined ? told.about.value === undefined || head.value > 0 : read.events < read.all
  })
  const shownUpTo = computed(() => upTo(told.picture.value, present.value))
  return { ...told, ...moved, ...found, clock, head, isStill, present, shownUpTo, here, isReading, isReport }
}

const endOf = (picture: Picture): number => picture.span?.to ?? 0

/** The view of the whole ledger, with a margin. */
export const wholeOf = (picture: Picture, upTo: number): Span | undefined => {
  const { span } = picture
  if (span === undefined) return undefined
  return whole({ from: span.from, to: Math.max(upTo, span.to) })
}

/** A pool that was written to not long ago is drawn up to now; of an old ledger the end is its last event. */
const upTo = (picture: Picture, present: number): number => {
  const { from, to } = picture.span ?? { from: 0, to: 0 }
  return present - to < (to - from) / 4 ? Math.max(present, to) : to
}
