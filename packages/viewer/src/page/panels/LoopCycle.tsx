/** One turn of a loop as a circle: a numbered point for each event, arrows between them, and what a turn takes within. */
import { words } from "@daybook/words/TypeWords"
import type { LoopView } from "../../Questions.ts"
import { lasting } from "../Times.ts"
import { visible } from "../visible.ts"

const width = 420
const height = 250
const radius = 84
const dot = 13
/** More points would touch one another. */
const most = 12

export const LoopCycle = ({ loop }: { readonly loop: LoopView }) => {
  const turn = loop.turn.slice(0, most)
  const points = turn.map((_, place) => pointAt(place / turn.length))
  const says = `${loop.iterations} turns, one every ${lasting(loop.period)}; ${loop.wasted} requests for nothing`
  return (
    <svg
      class="cycle"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`A circle of ${loop.turn.length} events. ${says}`}
    >
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 0 8 4 0 8z" />
        </marker>
      </defs>
      {turn.map((step, place) => (
        <path
          key={step.seq}
          class="arc"
          d={arc(place / turn.length, (place + 1) / turn.length)}
          marker-end="url(#arrow)"
        />
      ))}
      {turn.map((step, place) => (
        <g key={step.seq} transform={`translate(${points[place]?.x} ${points[place]?.y})`}>
          <circle r={dot} class="point" />
          <text class="number" dy="0.35em">
            {place + 1}
          </text>
          <Label x={points[place]?.x ?? 0} y={points[place]?.y ?? 0} text={words(visible(step.type))} />
        </g>
      ))}
      <text class="middle" x={middle.x} y={middle.y - 14}>
        {loop.iterations} turns
      </text>
      <text class="middle" x={middle.x} y={middle.y + 4}>
        every {lasting(loop.period)}
      </text>
      <text class="middle" x={middle.x} y={middle.y + 22}>
        {loop.wasted} wasted
      </text>
    </svg>
  )
}

const middle = { x: width / 2, y: height / 2 }

/** A part of the circle, from the top, as the clock goes. */
const pointAt = (part: number): { readonly x: number; readonly y: number } => {
  const angle = part * 2 * Math.PI - Math.PI / 2
  return { x: middle.x + radius * Math.cos(angle), y: middle.y + radius * Math.sin(angle) }
}

/** From the edge of one point to the edge of the next. */
const arc = (from: number, to: number): string => {
  const margin = (dot + 3) / (2 * Math.PI * radius)
  const begin = pointAt(from + margin)
  const end = pointAt(to - margin)
  const isLarge = to - from - 2 * margin > 0.5 ? 1 : 0
  return `M${begin.x} ${begin.y} A${radius} ${radius} 0 ${isLarge} 1 ${end.x} ${end.y}`
}

/** Away from the middle; a long one in two lines. */
const Label = ({ text, x, y }: { readonly text: string; readonly x: number; readonly y: number }) => {
  const lines = inLines(text)
  const isInMiddle = Math.abs(x - middle.x) < 1
  const side = isInMiddle ? 0 : Math.sign(x - middle.x)
  const first = isInMiddle ? (y < middle.y ? -dot - 6 - (lines.length - 1) * 13 : dot + 14) : 4 - (lines.length - 1) * 6
  return (
    <text class="label" text-anchor={anchors[side + 1]}>
      {lines.map((line, place) => (
        <tspan key={place} x={side * (dot + 5)} y={first + place * 13}>
          {line}
        </tspan>
      ))}
    </text>
  )
}

const anchors = ["end", "middle", "start"] as const
const longest = 20

const inLines = (text: string): ReadonlyArray<string> => {
  const space = text.indexOf(" ", 8)
  const lines = text.length <= 14 || space < 0 ? [text] : [text.slice(0, space), text.slice(space + 1)]
  return lines.map((line) => (line.length > longest ? `${line.slice(0, longest - 1)}…` : line))
}
