/** What changed between the pin and the cursor. */
import type { Cursor, DiffView } from "../../Questions.ts"
import { Foreign } from "../Foreign.tsx"
import { usePage } from "../Page.ts"
import { lasting, moment } from "../Times.ts"
import { Answered } from "./Answered.tsx"
import { GoTo } from "./Steps.tsx"

export const ChangesPanel = () => {
  const { answers } = usePage()
  return (
    <>
      <Between />
      <Answered answer={answers.diff} nothing={<NoPin />}>
        {(diff) => <Changes diff={diff} />}
      </Answered>
    </>
  )
}

const Between = () => {
  const { store } = usePage()
  const pin = store.pin.value
  const here = store.here.value
  const brushed = store.brushed.value
  return (
    <>
      {brushed === undefined ? undefined : <Brushed />}
      {pin === undefined || here === undefined ? undefined : <TwoMoments pin={pin} here={here} />}
    </>
  )
}

/** The earlier one first, wherever the cursor is. */
const TwoMoments = ({ here, pin }: { readonly here: Cursor; readonly pin: Cursor }) => {
  const isBehind = pin.seq <= here.seq
  const [from, to] = isBehind ? [pin, here] : [here, pin]
  const [first, second] = isBehind ? ["the pin", "the cursor"] : ["the cursor", "the pin"]
  return (
    <p class="quiet">
      From {first} <GoTo seq={from.seq} /> {moment(from.now)} to {second} <GoTo seq={to.seq} /> {moment(to.now)}:{" "}
      {lasting(to.now - from.now)}.
    </p>
  )
}

const Brushed = () => {
  const { store } = usePage()
  const compare = () => {
    const brushed = store.brushed.value
    const picture = store.picture.value
    if (brushed === undefined) return
    store.pin.value = picture.cursorOn(picture.seqAt(brushed.from))
    store.cursor.value = picture.cursorOn(picture.seqAt(brushed.to))
  }
  return (
    <p>
      <button type="button" onClick={compare}>
        Compare the ends of what is marked in the timeline
      </button>
    </p>
  )
}

const NoPin = () => {
  const { travel } = usePage()
  return (
    <>
      <p>Two moments are compared: a pinned one and the cursor. Pin the one you are at, then move the cursor.</p>
      <button type="button" onClick={travel.pin}>
        Pin this moment
      </button>
    </>
  )
}

const Changes = ({ diff }: { readonly diff: DiffView }) => {
  const { store } = usePage()
  if (diff.credentials.length === 0) return <p>Nothing changed between the two.</p>
  return (
    <>
      {diff.credentials.map(({ changes, id, provider }) => (
        <section key={id} class="change">
          <h3>
            <button type="button" class="link" onClick={() => (store.selected.value = { credential: id })}>
              <Foreign text={id} />
            </button>{" "}
            <span class="quiet">
              <Foreign text={provider} />
            </span>
          </h3>
          <dl class="fields">
            {changes.map((change) => (
              <Change key={change.title} change={change} />
            ))}
          </dl>
        </section>
      ))}
    </>
  )
}

type OneChange = DiffView["credentials"][number]["changes"][number]

const Change = ({ change: { after, before, by, title } }: { readonly change: OneChange }) => (
  <div>
    <dt>
      <Foreign text={title} />
    </dt>
    <dd>
      {before === undefined ? undefined : (
        <p class="was">
          <span class="sign">− was</span> <Foreign text={before} />
        </p>
      )}
      {after === undefined ? undefined : (
        <p class="is">
          <span class="sign">+ is</span> <Foreign text={after} />
        </p>
      )}
      {by.length === 0 ? undefined : (
        <p class="quiet">
          by event{by.length === 1 ? "" : "s"}{" "}
          {by.map((seq) => (
            <GoTo key={seq} seq={seq} />
          ))}
        </p>
      )}
    </dd>
  </div>
)
