/** All keys, in a dialog of the browser's own: it keeps the focus, and Escape closes it. */
import { signal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import { keys, type Place } from "./Keys.ts"

export const isHelpOpen = signal(false)

const places: ReadonlyArray<readonly [Place, string]> = [
  ["everywhere", "Everywhere"],
  ["timeline", "In the timeline"],
  ["table", "In the table of events"]
]

export const Help = () => {
  const dialog = useRef<HTMLDialogElement>(null)
  const isOpen = isHelpOpen.value
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={() => (isHelpOpen.value = false)}>
      <h2 id="help-title">Keys</h2>
      <div class="places">
        {places.map(([place, title]) => (
          <Keys key={place} place={place} title={title} />
        ))}
      </div>
      <p>Wheel or pinch: look closer. Drag: move the view. A link from the address bar shows what you see.</p>
      <button type="button" onClick={() => (isHelpOpen.value = false)}>
        Close
      </button>
    </dialog>
  )
}

const Keys = ({ place, title }: { readonly place: Place; readonly title: string }) => (
  <section>
    <h3>{title}</h3>
    <dl>
      {keys
        .filter((key) => key.place === place)
        .map(({ act, does, shown }) => (
          <div key={act}>
            <dt>
              <kbd>{shown}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
    </dl>
  </section>
)
