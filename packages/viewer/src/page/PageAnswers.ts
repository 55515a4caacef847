/** What the panels show of the worker's answers: each is asked while its panel is open. */
import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals"
import type { Filter, PolicyChoice } from "../Questions.ts"
import type { Selection } from "../timeline/Timeline.tsx"
import type { Tab } from "./Address.ts"
import { asked } from "./Asked.ts"
import { isEmpty, resolved } from "./Filters.ts"
import type { Store } from "./Store.ts"
import type { WorkerLink } from "./WorkerLink.ts"

export type PageAnswers = ReturnType<typeof answersIn>

export const answersIn = (store: Store, link: WorkerLink) => {
  const { here, pin, policy, returns: again } = store
  const isOpen = (...tabs: ReadonlyArray<Tab>) => computed(() => tabs.includes(store.tab.value))
  const credential = computed(() => credentialOf(store, store.selected.value))
  const about = computed(() => aboutOne(store, credential.value))
  const always = computed(() => true)
  const find = asked(link, "find", filterOf(store), always, { again })
  /** Of the policy whose decisions are drawn, or were not waited for. A link may choose one and open another panel. */
  const overlaid = signal<string | undefined>(undefined)
  const isOverlayMissing = computed(
    () => policy.value !== undefined && !store.isReading.value && overlaid.value !== textOf({ policy: policy.value })
  )
  /** What was decided up to an event does not depend on the clock. */
  const seq = computed(() => here.value?.seq)
  const whatIf = asked(
    link,
    "whatIf",
    computed(() =>
      both(policy.value, seq.value === undefined ? undefined : here.peek(), (policy, at) => ({ policy, at }))
    ),
    computed(() => store.tab.value === "whatIf" || isOverlayMissing.value),
    { again, subject: textOf, choice: computed(() => [policy.value, store.cursor.value]) }
  )
  effect(() => {
    const matches = find.value.value
    store.matches.value = matches
    store.shown.value = matches === undefined ? undefined : new Set(matches)
  })
  effect(() => {
    store.overlay.value = policy.value === undefined ? [] : (whatIf.value.value?.changes ?? [])
  })
  effect(() => {
    const { isWaiting, refused, resume, value } = whatIf.value
    const isOver = !isWaiting && (value !== undefined || refused !== undefined || resume !== undefined)
    if (isOver) overlaid.value = untracked(() => policy.value && textOf({ policy: policy.value }))
  })
  return {
    credential,
    find,
    whatIf,
    state: asked(
      link,
      "state",
      computed(() => here.value && { at: here.value }),
      isOpen("state"),
      { again, evenIfLate: true }
    ),
    diff: asked(
      link,
      "diff",
      computed(() => both(pin.value, here.value, between)),
      isOpen("changes"),
      { again, evenIfLate: true, choice: computed(() => [pin.value, store.cursor.value]) }
    ),
    why: asked(link, "why", about, isOpen("why"), { again, subject: credentialIn }),
    lineage: asked(link, "lineage", about, isOpen("why"), { again, subject: credentialIn }),
    loops: asked(
      link,
      "loops",
      computed(() => here.value && { at: here.value }),
      isOpen("loops"),
      { again, choice: store.cursor }
    ),
    event: asked(
      link,
      "event",
      computed(() => eventOf(store)),
      isOpen("event"),
      { again }
    )
  }
}

const credentialIn = ({ credential }: { readonly credential: string }): string => credential

const textOf = ({ policy }: { readonly policy: PolicyChoice }): string => ("text" in policy ? policy.text : policy.name)

const both = <A, B, C>(a: A | undefined, b: B | undefined, make: (a: A, b: B) => C): C | undefined =>
  a === undefined || b === undefined ? undefined : make(a, b)

/** The pin may stand behind the cursor. */
const between = <At extends { readonly seq: number }>(pin: At, here: At) =>
  pin.seq <= here.seq ? { from: pin, to: here } : { from: here, to: pin }

/** Of an event: the one it is about. */
const credentialOf = ({ picture }: Store, selected: Selection | undefined): string | undefined => {
  if (selected === undefined) return undefined
  return "credential" in selected ? selected.credential : picture.value.lane(selected.seq)?.credential
}

const aboutOne = ({ here, selected }: Store, credential: string | undefined) =>
  credential === undefined || here.value === undefined || selected.value === undefined
    ? undefined
    : { credential, at: here.value }

/** The chosen event, else the one at the cursor. */
const eventOf = ({ here, selected }: Store) => {
  const chosen = selected.value
  if (chosen !== undefined && "seq" in chosen) return { seq: chosen.seq }
  return here.value && { seq: here.value.seq }
}

/** Asked again when events came, and when all are read. */
const filterOf = (store: Store): ReadonlySignal<Filter | undefined> => {
  const wanted = computed(() =>
    isEmpty(store.filter.value) ? undefined : JSON.stringify(resolved(store.filter.value, store.picture.value.legend))
  )
  return computed(() => {
    void store.head.value
    void store.isReading.value
    return wanted.value === undefined ? undefined : (JSON.parse(wanted.value) as Filter)
  })
}
