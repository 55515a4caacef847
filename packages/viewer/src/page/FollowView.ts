/** The view shows the whole ledger, also while it grows, as long as nobody has moved it; and the end, while it is in sight. */
import { effect, untracked } from "@preact/signals"
import { type Store, wholeOf } from "./Store.ts"

export interface FollowView {
  /** Nobody has moved it away. */
  readonly isWhole: () => boolean
  readonly fit: () => void
}

export const followView = ({ cursor, picture, shownUpTo, view }: Store): FollowView => {
  let fitted = untracked(() => view.value)
  let end = 0
  const fit = () => {
    view.value = fitted = wholeOf(picture.peek(), shownUpTo.peek()) ?? fitted
  }
  effect(() => {
    const whole = wholeOf(picture.value, shownUpTo.value)
    if (whole === undefined) return
    const seen = untracked(() => view.value)
    const isAtEnd = end > 0 && untracked(() => cursor.value) === undefined && seen.to >= end
    if (seen === fitted) fit()
    else if (isAtEnd && whole.to > seen.to) view.value = { from: seen.from + whole.to - seen.to, to: whole.to }
    end = picture.value.span?.to ?? 0
  })
  return { isWhole: () => view.value === fitted, fit }
}
