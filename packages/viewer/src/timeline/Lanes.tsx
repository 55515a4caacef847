/** The lanes: names that are buttons, and behind them the canvas. Only rows in sight have a name in the page. */
import { computed } from "@preact/signals"
import { useEffect, useMemo, useRef } from "preact/hooks"
import { fillsOf } from "./BandPatterns.ts"
import { Canvas } from "./Canvas.tsx"
import { standingText } from "./Describe.ts"
import { drawLanes } from "./DrawLanes.ts"
import { foreign } from "./Foreign.ts"
import { nameOf } from "./Picture.ts"
import { findInLanes } from "./Pointing.ts"
import { rowAt, type Row, rowsBetween } from "./Rows.ts"
import type { Scene } from "./Scene.ts"
import { useSurface } from "./useSurface.ts"

export const Lanes = ({ scene }: { readonly scene: Scene }) => {
  const { canvas, scroller, size } = useSurface(scene, {
    height: scene.lanesHeight,
    find: findInLanes(scene),
    onGround: (y) => chooseLane(scene, y)
  })
  const paints = useMemo(() => paintsOf(scene, canvas), [scene])
  return (
    <div
      class="timeline-lanes"
      ref={scroller}
      onScroll={(event) => (scene.lanesTop.value = event.currentTarget.scrollTop)}
    >
      <div class="timeline-lanes-all" style={{ height: `${scene.layout.value.height}px` }}>
        <div class="timeline-lanes-sticky">
          <div class="timeline-plot">
            <Canvas
              size={size}
              ratio={scene.ratio}
              class={`timeline-canvas${scene.isSpanning.value ? " is-spanning" : ""}`}
              handle={canvas}
              draw={(pen, size) => {
                if (paints.value !== undefined) drawLanes(pen, size, scene, paints.value)
              }}
            />
          </div>
        </div>
        <Names scene={scene} scroller={scroller} />
      </div>
    </div>
  )
}

const paintsOf = (scene: Scene, canvas: { readonly current: HTMLCanvasElement | null }) =>
  computed(() => {
    const [theme, sprites] = [scene.theme.value, scene.sprites.value]
    const pen = canvas.current?.getContext("2d")
    if (theme === undefined || sprites === undefined || !pen) return undefined
    return { theme, sprites, fills: fillsOf(pen, theme, scene.ratio.value) }
  })

const chooseLane = (scene: Scene, y: number): void => {
  const row = rowAt(scene.layout.peek(), y + scene.lanesTop.peek())
  if (row?.lane === undefined) return
  scene.selected.value = { credential: scene.picture.peek().legend.lanes[row.lane]!.credential }
}

/** Rows a little out of sight have names too, so that the tab key finds its way. */
const around = 60

const Names = ({ scene, scroller }: { readonly scene: Scene; readonly scroller: { current: HTMLElement | null } }) => {
  const top = scene.lanesTop.value
  const layout = scene.layout.value
  const chosen = scene.lane.value
  const rows = [...rowsBetween(layout, top - around, top + scene.lanesHeight.value + around)]
  const chosenRow = chosen === undefined ? undefined : layout.rowOf.get(chosen)
  if (chosenRow !== undefined && !rows.includes(chosenRow)) rows.push(chosenRow)
  const stop = chosenRow ?? rows.find((row) => row.lane !== undefined)
  const wanted = scene.wanted.value
  useEffect(() => {
    const row = wanted === undefined ? undefined : layout.rowOf.get(wanted)
    if (row !== undefined && scroller.current !== null) bringIntoSight(scroller.current, row)
  }, [wanted])
  return (
    <>
      {rows.map((row) =>
        row.lane === undefined ? (
          <p class="timeline-heading" key={`heading ${row.provider}`} style={placeOf(row)}>
            <bdi>{foreign(row.provider)}</bdi>
          </p>
        ) : (
          <Name
            key={row.lane}
            scene={scene}
            row={row}
            lane={row.lane}
            isStop={row === stop}
            isChosen={row === chosenRow}
          />
        )
      )}
    </>
  )
}

const placeOf = (row: Row) => ({ insetBlockStart: `${row.top}px`, height: `${row.height}px` })

interface NameProps {
  readonly scene: Scene
  readonly row: Row
  readonly lane: number
  /** The tab key stops at one of the names; arrows go on from there. */
  readonly isStop: boolean
  readonly isChosen: boolean
}

const Name = ({ scene, row, lane, isStop, isChosen }: NameProps) => {
  const button = useRef<HTMLButtonElement>(null)
  const word = useMemo(() => computed(() => scene.picture.value.word(lane, scene.looked.value)), [scene, lane])
  const standing = useMemo(
    () => computed(() => standingText(scene.picture.value, lane, scene.looked.value)),
    [scene, lane]
  )
  const { credential, ...known } = scene.picture.value.legend.lanes[lane]!
  const { names, bandTop, lane: height } = scene.measures.value
  useEffect(() => {
    const isInLanes = document.activeElement?.closest(".timeline-name") != null
    if (isChosen && isInLanes) button.current?.focus({ preventScroll: true })
  }, [isChosen])
  return (
    <button
      ref={button}
      type="button"
      class="timeline-name"
      style={{ insetBlockStart: `${row.top}px`, height: `${names === 0 ? bandTop : height}px` }}
      tabIndex={isStop ? 0 : -1}
      aria-pressed={isChosen}
      title={foreign(`${nameOf({ credential, ...known })} (${credential})`)}
      onClick={() => (scene.selected.value = { credential })}
    >
      <bdi>{foreign(nameOf({ credential, ...known }))}</bdi>
      <span class="timeline-unseen">, at the cursor: </span>
      <span class="timeline-state" data-word={word.value}>
        {standing.value}
      </span>
    </button>
  )
}

const bringIntoSight = (scroller: HTMLElement, row: Row): void => {
  const above = row.top - 24 - scroller.scrollTop
  const below = row.top + row.height - scroller.scrollTop - scroller.clientHeight
  if (above < 0) scroller.scrollTop += above
  else if (below > 0) scroller.scrollTop += below
}
