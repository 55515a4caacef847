/** When the page asks, of all that it could ask. */
import { answersIn } from "@daybook/viewer/page/PageAnswers"
import { makeStore } from "@daybook/viewer/page/Store"
import { describe, expect, it } from "vitest"
import { linked } from "./support/Linked.ts"
import { piece, pictureOf } from "./timeline/pieces.ts"

/** Another policy is chosen, and another panel is open. */
const begun = () => {
  const { asked: questions, link, tell } = linked()
  const store = makeStore(false)
  store.picture.value = pictureOf(piece(1, [{ at: 0 }, { at: 500 }, { at: 900 }]))
  store.cursor.value = { seq: 3, now: 900 }
  store.progress.value = { events: 3, all: 3 }
  const { whatIf } = answersIn(store, link)
  store.policy.value = { name: "default" }
  const policies = () => questions.filter(({ ask }) => ask === "whatIf").length
  return { policies, questions, store, tell, whatIf }
}

describe("what another policy had changed, which the timeline shows whichever panel is open", () => {
  it("is asked once, wherever the cursor goes afterwards", () => {
    const { policies, questions, store, tell } = begun()
    expect(policies()).toBe(1)
    tell({ id: questions.find(({ ask }) => ask === "whatIf")!.id, answer: { changes: [] } })
    store.cursor.value = { seq: 2, now: 500 }
    expect(policies()).toBe(1)
  })

  it("is not asked again behind another panel once it was stopped, and is where its own is opened", () => {
    const { policies, store, whatIf } = begun()
    whatIf.value.stop?.()
    store.cursor.value = { seq: 2, now: 500 }
    expect(policies()).toBe(1)
    store.tab.value = "whatIf"
    expect(policies()).toBe(2)
  })
})
