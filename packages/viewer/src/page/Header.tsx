/** Which ledger this is, as of when, and whether it is followed. */
import type { ComponentChildren } from "preact"
import { Foreign } from "./Foreign.tsx"
import { isHelpOpen } from "./Help.tsx"
import { usePage } from "./Page.ts"
import { type Theme, theme, themes } from "./Theme.ts"
import { iso, moment } from "./Times.ts"

export const Header = () => {
  const { store } = usePage()
  const about = store.about.value
  return (
    <header class="head">
      <h1>Daybook</h1>
      {about === undefined ? undefined : (
        <>
          <p class="ledger">
            <Foreign text={about.name} />
          </p>
          <AsOf />
          <Standing />
        </>
      )}
      <div class="tools">
        <Progress />
        <ThemeChoice />
        <button type="button" aria-haspopup="dialog" onClick={() => (isHelpOpen.value = true)}>
          Keys <kbd>?</kbd>
        </button>
      </div>
    </header>
  )
}

const AsOf = () => {
  const { store } = usePage()
  const about = store.about.value
  if (about === undefined || !store.isStill.value || store.head.value === 0) return undefined
  const at = store.present.value
  return (
    <p class="as-of">
      as of <time dateTime={iso(at)}>{moment(at)}</time> UTC
    </p>
  )
}

/** Live, looking back, lost, or a file. */
const Standing = () => {
  const { store } = usePage()
  if (store.isReport) return <State name="report">Report file</State>
  if (store.damage.value !== undefined || store.about.value?.damage !== undefined)
    return <State name="damaged">Damaged</State>
  if (!store.isConnected.value) return <State name="lost">Connection lost</State>
  if (store.cursor.value !== undefined) return <State name="back">Looking back</State>
  return store.isStill.value ? <State name="still">As asked for</State> : <State name="live">Live</State>
}

const glyphs = { damaged: "✕", report: "▤", lost: "✕", back: "‖", still: "▪", live: "●" } as const

const State = ({ children, name }: { readonly name: keyof typeof glyphs; readonly children: ComponentChildren }) => (
  <p class={`standing ${name}`}>
    <span aria-hidden="true">{glyphs[name]}</span> {children}
  </p>
)

const Progress = () => {
  const { store } = usePage()
  const read = store.progress.value
  if (read === undefined || read.events >= read.all) return undefined
  return (
    <label class="progress">
      <progress value={read.events} max={read.all} /> {count(read.events)} of {count(read.all)} events read
    </label>
  )
}

const count = (events: number): string => events.toLocaleString("en")

const ThemeChoice = () => (
  <label class="theme">
    <span>Theme</span>
    <select value={theme} onChange={({ currentTarget }) => (theme.value = currentTarget.value as Theme)}>
      {themes.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  </label>
)
