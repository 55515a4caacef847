/** One event in the table. Its text may still be on its way. */
import { words } from "@daybook/words/TypeWords"
import type { Row } from "../../Questions.ts"
import { ForeignLine } from "../Foreign.tsx"
import { markKinds } from "../../Picture.ts"
import { MarkSign } from "../../timeline/MarkSign.tsx"
import { iso, moment } from "../Times.ts"

interface EventRowProps {
  readonly seq: number
  readonly row: Row | undefined
  readonly index: number
  readonly top: number
  readonly height: number
  readonly isActive: boolean
  readonly isHere: boolean
  readonly onChoose: () => void
}

export const EventRow = ({ height, index, isActive, isHere, onChoose, row, seq, top }: EventRowProps) => (
  <div
    role="row"
    class={`event-row${isHere ? " here" : ""}`}
    aria-rowindex={index}
    aria-selected={isHere}
    tabIndex={isActive ? 0 : -1}
    style={{ transform: `translateY(${top}px)`, height: `${height}px` }}
    onClick={onChoose}
  >
    <span role="gridcell" class="seq">
      {isHere ? <span aria-hidden="true">▸ </span> : undefined}
      {seq}
    </span>
    <Cells row={row} />
  </div>
)

/** A row whose text is on its way has the same elements, with nothing in them. */
const Cells = ({ row }: { readonly row: Row | undefined }) => (
  <>
    <span role="gridcell" class="time">
      <time dateTime={row && iso(row.at)}>{row === undefined ? "…" : moment(row.at)}</time>
    </span>
    <span role="gridcell" class="type">
      <MarkSign kind={markKinds[row?.mark ?? 0] ?? "none"} />{" "}
      <ForeignLine text={row === undefined ? "" : words(row.type)} />
    </span>
    <span role="gridcell" class="whose">
      <ForeignLine text={row?.credential ?? ""} />
    </span>
    <span role="gridcell" class="actor">
      <ForeignLine text={row?.actor ?? ""} />
    </span>
    <span role="gridcell" class="what">
      <ForeignLine text={row?.essentials ?? ""} />
    </span>
  </>
)
