/**
 * How far long work has come, on stderr: nothing in the first second; then one line that changes on a terminal, and a new
 * line now and then elsewhere.
 */
import { Clock, Effect, type Scope } from "effect"
import { size } from "./render/Size.ts"

/** In bytes, unless whoever shows it says otherwise. */
export interface Progress {
  readonly done: number
  readonly total: number
}

export interface Screen {
  readonly isTTY?: boolean
  readonly write: (text: string) => unknown
}

const silence = 1_000
const everyOnTerminal = 200
const everyElsewhere = 5_000

const clearLine = "\r\u001B[K"

/** What to call with each progress; the scope's end leaves a terminal's line empty. */
export const show = Effect.fnUntraced(function* (
  what: string,
  screen: Screen,
  amount: (count: number) => string = size
): Effect.fn.Return<(progress: Progress) => Effect.Effect<void>, never, Scope.Scope> {
  const isTerminal = screen.isTTY === true
  let due = (yield* Clock.currentTimeMillis) + silence
  let isShown = false
  const print = (text: string) => {
    isShown = true
    screen.write(isTerminal ? `${clearLine}${text}` : `${text}\n`)
  }
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      if (isTerminal && isShown) screen.write(clearLine)
    })
  )
  return (progress) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      if (now < due) return
      due = now + (isTerminal ? everyOnTerminal : everyElsewhere)
      print(`${what}: ${described(progress, amount)}`)
    })
})

const described = ({ done, total }: Progress, amount: (count: number) => string): string =>
  `${total === 0 ? 100 : Math.floor((100 * done) / total)} %, ${amount(done)} of ${amount(total)}`
