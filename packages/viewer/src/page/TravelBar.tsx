/** Where the cursor stands, and the ways to move it. */
import { usePage } from "./Page.ts"
import { iso, moment } from "./Times.ts"
import { speeds } from "../timeline/Play.ts"

export const TravelBar = () => {
  const { store, travel } = usePage()
  const isLive = store.cursor.value === undefined
  return (
    <section class="travel" aria-label="Time travel">
      <Where />
      <div class="group" role="group" aria-label="Step">
        <Button name="Previous failure" shown="◂ failure" onClick={() => travel.toFailure(-1)} />
        <Button name="Previous event" shown="◂" onClick={() => travel.step(-1)} />
        <Button name="Next event" shown="▸" onClick={() => travel.step(1)} />
        <Button name="Next failure" shown="failure ▸" onClick={() => travel.toFailure(1)} />
      </div>
      <Play />
      <div class="group">
        <Pin />
        <button type="button" disabled={isLive} onClick={travel.live}>
          {store.isStill.value ? "Newest event" : "Back to live"}
        </button>
      </div>
      {travel.hint.value === "" ? undefined : <p class="quiet">{travel.hint}</p>}
    </section>
  )
}

const Where = () => {
  const { store } = usePage()
  const here = store.here.value
  if (here === undefined) return undefined
  return (
    <p class="where">
      <span class="seq">event {here.seq}</span> <time dateTime={iso(here.now)}>{moment(here.now)}</time> UTC
    </p>
  )
}

interface ButtonProps {
  readonly name: string
  readonly shown: string
  readonly onClick: () => void
}

const Button = ({ name, onClick, shown }: ButtonProps) => (
  <button type="button" aria-label={name} title={name} onClick={onClick}>
    <span aria-hidden="true">{shown}</span>
  </button>
)

const Play = () => {
  const { isPlaying, speed } = usePage().travel
  return (
    <div class="group" role="group" aria-label="Play">
      <button type="button" aria-pressed={isPlaying} onClick={() => (isPlaying.value = !isPlaying.value)}>
        {isPlaying.value ? "Stop" : "Play"}
      </button>
      <select
        aria-label="Speed"
        value={speed}
        onChange={({ currentTarget }) => (speed.value = Number(currentTarget.value))}
      >
        {speeds.map((times, place) => (
          <option key={times} value={place}>
            {times.toLocaleString("en")} ×
          </option>
        ))}
      </select>
    </div>
  )
}

const Pin = () => {
  const { store, travel } = usePage()
  const pin = store.pin.value
  return (
    <button type="button" aria-pressed={pin !== undefined} onClick={travel.pin}>
      {pin === undefined ? "Pin" : `Pinned at ${pin.seq}`}
    </button>
  )
}
