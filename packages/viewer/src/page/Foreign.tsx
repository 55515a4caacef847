/** Every text out of a ledger is shown by this: as text alone, by itself in its direction, and not longer than is of use. */
import { useState } from "preact/hooks"
import { beginning, visible } from "./visible.ts"

const most = 600
/** In a row of a table. */
const mostInLine = 280

export const Foreign = ({ text, whole = false }: { readonly text: string; readonly whole?: boolean }) => {
  const [isOpen, setOpen] = useState(false)
  const cut = whole || isOpen ? undefined : beginning(text, most)
  return (
    <bdi class="foreign">
      {visible(cut ?? text)}
      {cut === undefined ? undefined : (
        <>
          {"… "}
          <button type="button" class="more" onClick={() => setOpen(true)}>
            all {text.length.toLocaleString("en")} characters
          </button>
        </>
      )}
    </bdi>
  )
}

/** Where there is room for one line, and the whole text stands elsewhere. */
export const ForeignLine = ({ text }: { readonly text: string }) => {
  const cut = beginning(text, mostInLine)
  return <bdi class="foreign line">{visible(cut ?? text) + (cut === undefined ? "" : "…")}</bdi>
}

/** A sentence in which commands stand between back quotes. */
export const Prose = ({ text }: { readonly text: string }) => (
  <>
    {text.split("`").map((part, place) =>
      place % 2 === 0 ? (
        <Foreign key={place} text={part} />
      ) : (
        <code key={place}>
          <Foreign text={part} />
        </code>
      )
    )}
  </>
)
