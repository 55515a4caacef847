/** Where the view is after a step through time. */
import { makeStore } from "@daybook/viewer/page/Store"
import { travelIn } from "@daybook/viewer/page/Travel"
import { describe, expect, it } from "vitest"
import { piece, pictureOf } from "./timeline/pieces.ts"

/** Of a ledger to which nobody has written for years. */
const old = (view: { readonly from: number; readonly to: number }) => {
  const store = makeStore(false)
  store.picture.value = pictureOf(piece(1, [{ at: 0 }, { at: 500 }, { at: 900 }]))
  store.view.value = view
  return { store, travel: travelIn(store) }
}

describe("back to the newest event of an old ledger", () => {
  it("leaves the view where that event is in sight", () => {
    const { store, travel } = old({ from: 400, to: 1000 })
    travel.step(-1)
    travel.live()
    expect(store.cursor.value).toBeUndefined()
    expect(store.view.value).toEqual({ from: 400, to: 1000 })
  })

  it("brings it into sight, and not the empty years behind it", () => {
    const { store, travel } = old({ from: 0, to: 200 })
    travel.live()
    expect(store.view.value).toEqual({ from: 800, to: 1000 })
  })
})
