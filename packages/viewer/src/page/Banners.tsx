/** What somebody must know who reads on: damage, a lost server, names that are not the real ones. */
import type { ComponentChildren } from "preact"
import { Command } from "./Command.tsx"
import { Foreign, Prose } from "./Foreign.tsx"
import { usePage } from "./Page.ts"

export const Banners = () => {
  const { store } = usePage()
  const about = store.about.value
  const damage = store.damage.value ?? about?.damage
  const isLost = !store.isConnected.value && store.failed.value === undefined
  return (
    <div class="banners">
      {damage === undefined ? undefined : <Damage why={damage} />}
      {isLost ? <Lost /> : undefined}
      {about?.isExcerpt === true ? <Excerpt /> : undefined}
      {about !== undefined && about.unknown > 0 ? <Newer events={about.unknown} /> : undefined}
      <Notice />
    </div>
  )
}

const Banner = ({ children, kind }: { readonly kind: string; readonly children: ComponentChildren }) => (
  <div class={`banner ${kind}`} role={kind === "bad" ? "alert" : "status"}>
    {children}
  </div>
)

const Damage = ({ why }: { readonly why: string }) => {
  const { store } = usePage()
  return (
    <Banner kind="bad">
      <p>
        <strong>The ledger is damaged.</strong> {readable(store.head.value)} <Prose text={why} />
      </p>
      <Command text="daybook verify" />
    </Banner>
  )
}

const readable = (head: number): string =>
  head === 0 ? "No event can be read." : `Events up to ${head} can be read and are shown here.`

const Lost = () => {
  const { store } = usePage()
  return (
    <Banner kind="warn">
      <p>
        <strong>The server does not answer.</strong> It is tried again by itself. What is read already can be used
        meanwhile; new events are missing. If it was ended, run it again:
      </p>
      <Command text={store.about.value?.again ?? "daybook view"} />
    </Banner>
  )
}

const Excerpt = () => (
  <Banner kind="note">
    <p>An excerpt of a ledger. Its names are not the real ones, and its fingerprints fit no other ledger.</p>
  </Banner>
)

const Newer = ({ events }: { readonly events: number }) => (
  <Banner kind="note">
    <p>
      {events === 1 ? "One event was" : `${events} events were`} written by a newer version and cannot be understood
      here.
    </p>
  </Banner>
)

const Notice = () => {
  const { store } = usePage()
  const { notice } = store
  if (notice.value === undefined) return undefined
  return (
    <Banner kind="note">
      <p>
        <Foreign text={notice.value} />
      </p>
      <button type="button" onClick={() => (notice.value = undefined)}>
        Dismiss
      </button>
    </Banner>
  )
}
