/** One field for all that can be searched for, and lists for those who do not know the names. */
import { useComputed, useSignal, useSignalEffect } from "@preact/signals"
import { nameOf } from "../../timeline/Picture.ts"
import { type FilterField, isEmpty, listOf, noFilter, readFilter, toggled, writeFilter } from "../Filters.ts"
import { type Page, usePage } from "../Page.ts"
import { visible } from "../visible.ts"
import { verdicts } from "./verdicts.ts"

export const SearchBar = () => {
  const { store } = usePage()
  return (
    <search class="search">
      <SearchField />
      <details class="lists">
        <summary>Filter</summary>
        <Lists />
      </details>
      <Found />
      {isEmpty(store.filter.value) ? undefined : (
        <button type="button" onClick={() => (store.filter.value = noFilter)}>
          Show all
        </button>
      )}
    </search>
  )
}

const SearchField = () => {
  const { filter } = usePage().store
  const written = useSignal(writeFilter(filter.value))
  useSignalEffect(() => {
    const canonical = writeFilter(filter.value)
    if (writeFilter(readFilter(written.peek())) !== canonical) written.value = canonical
  })
  const onInput = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    written.value = currentTarget.value
    const next = readFilter(currentTarget.value)
    if (writeFilter(next) !== writeFilter(filter.value)) filter.value = next
  }
  /** An empty field leaves the key to the page. */
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || written.value === "") return
    event.preventDefault()
    written.value = ""
    filter.value = noFilter
  }
  return (
    <label class="field">
      <span class="unseen">Search the events</span>
      <input
        id="search"
        type="search"
        autocomplete="off"
        spellcheck={false}
        placeholder="text, fingerprint, type:RefreshFailed, actor:…, verdict:…"
        value={written}
        onInput={onInput}
        onKeyDown={onKeyDown}
      />
    </label>
  )
}

const Lists = () => {
  const { store } = usePage()
  const { lanes, legend } = store.picture.value
  const credentials = lanes.flatMap((place) => legend.lanes[place]?.credential ?? [])
  return (
    <div class="choices">
      <List field="type" title="Type" values={legend.types.toSorted()} />
      <List field="verdict" title="Verdict" values={verdicts} />
      <List field="credential" title="Credential" values={credentials} names={nameOfLane(store)} />
      <List field="actor" title="Actor" values={legend.actors.map(({ id }) => id)} names={nameOfActor(store)} />
    </div>
  )
}

const nameOfLane = ({ picture }: Page["store"]) => {
  const names = new Map(picture.value.legend.lanes.map((lane) => [lane.credential, nameOf(lane)]))
  return (id: string) => names.get(id) ?? id
}

const nameOfActor = ({ picture }: Page["store"]) => {
  const names = new Map(picture.value.legend.actors.map(({ id, name }) => [id, name]))
  return (id: string) => names.get(id) ?? id
}

interface ListProps {
  readonly field: FilterField
  readonly title: string
  readonly values: ReadonlyArray<string>
  readonly names?: (value: string) => string
}

const List = ({ field, names = (value) => value, title, values }: ListProps) => {
  const { filter } = usePage().store
  const chosen = filter.value[listOf(field)]
  return (
    <label>
      <span>{title}</span>
      <select
        value=""
        onChange={({ currentTarget }) => {
          filter.value = toggled(filter.value, field, currentTarget.value)
          currentTarget.value = ""
        }}
      >
        <option value="">{chosen.length === 0 ? "any" : `${chosen.length} chosen`}</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {chosen.includes(value) ? "✓ " : ""}
            {visible(names(value)).slice(0, 80)}
          </option>
        ))}
      </select>
    </label>
  )
}

const Found = () => {
  const { answers, store } = usePage()
  const words = useComputed(() => {
    const all = store.head.value
    const { isWaiting, refused } = answers.find.value
    const matches = store.matches.value
    if (refused !== undefined) return refused
    if (isEmpty(store.filter.value)) return all === 1 ? "1 event" : `${count(all)} events`
    if (matches === undefined) return isWaiting ? "Searching …" : ""
    return `${count(matches.length)} of ${count(all)} events${isWaiting ? " …" : ""}`
  })
  return (
    <p class="found" role="status">
      {words}
    </p>
  )
}

const count = (events: number): string => events.toLocaleString("en")
