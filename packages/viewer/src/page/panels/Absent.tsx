/** Credentials of this ledger that are not in the pool at the cursor, and the event that brings each into it. */
import type { Lane } from "../../Picture.ts"
import { nameOf } from "../../timeline/Picture.ts"
import { ForeignLine } from "../Foreign.tsx"
import { usePage } from "../Page.ts"
import { iso, moment } from "../Times.ts"
import { GoTo } from "./Steps.tsx"

interface AbsentProps {
  /** Behind this event. */
  readonly seq: number
  /** Credentials that are in the pool. */
  readonly members: ReadonlySet<string>
}

export const Absent = ({ members, seq }: AbsentProps) => {
  const { lanes, legend } = usePage().store.picture.value
  const absent = lanes
    .flatMap((place) => legend.lanes[place] ?? [])
    .filter(({ credential }) => !members.has(credential))
  if (absent.length === 0) return undefined
  return (
    <section class="absent">
      <h3>Not in the pool</h3>
      <ul>
        {absent.map((lane) => (
          <li key={lane.credential}>
            <span class="name">
              <ForeignLine text={nameOf(lane)} />
            </span>{" "}
            <Since lane={lane} seq={seq} />
          </li>
        ))}
      </ul>
    </section>
  )
}

const Since = ({ lane: { enrolled }, seq }: { readonly lane: Lane; readonly seq: number }) =>
  enrolled.seq > seq ? (
    <span class="quiet">
      not yet; enrolled by event <GoTo seq={enrolled.seq} />{" "}
      <time dateTime={iso(enrolled.at)}>{moment(enrolled.at)}</time>
    </span>
  ) : (
    <span class="quiet">removed before</span>
  )
