/** What stands in a panel while the worker thinks. */
import { signal } from "@preact/signals"
import { asked } from "@daybook/viewer/page/Asked"
import { describe, expect, it } from "vitest"
import { linked } from "./support/Linked.ts"

const of = (credential: string, seq: number) => ({ credential, at: { seq, now: 0 } })

/** A panel that was told why `main` is as it is. */
const answered = () => {
  const { asked: questions, link, tell } = linked()
  const question = signal(of("main", 1))
  const again = signal(0)
  const answer = asked(link, "why", question, signal(true), { again, subject: ({ credential }) => credential })
  const told = { says: "main is well" } as never
  tell({ id: questions[0]!.id, answer: told })
  return { answer, question, told }
}

describe("an answer", () => {
  it("stays while the same is asked of another moment", () => {
    const { answer, question, told } = answered()
    question.value = of("main", 2)
    expect(answer.value).toEqual({ value: told, refused: undefined, isWaiting: true })
  })

  it("is gone at once when another credential is asked about", () => {
    const { answer, question } = answered()
    question.value = of("spare", 1)
    expect(answer.value).toEqual({ value: undefined, refused: undefined, isWaiting: true })
  })
})

describe("an answer that takes long", () => {
  /** Is under way, of a ledger that grows. */
  const begun = () => {
    const worker = linked()
    const question = signal({ at: { seq: 1, now: 0 } })
    const choice = signal<unknown>(undefined)
    const answer = asked(worker.link, "loops", question, signal(true), { again: signal(0), choice })
    return { ...worker, answer, choice, question }
  }

  it("says how far it has come", () => {
    const { answer, asked: questions, tell } = begun()
    expect(answer.value).toMatchObject({ isWaiting: true, progress: undefined })
    tell({ id: questions[0]!.id, progress: { events: 5_000, all: 9_000 } })
    expect(answer.value).toMatchObject({ isWaiting: true, progress: { events: 5_000, all: 9_000 } })
    tell({ id: questions[0]!.id, answer: [] })
    expect(answer.value).toEqual({ value: [], refused: undefined, isWaiting: false })
  })

  it("does not arrive when it was stopped, nor is it begun again because the ledger grows", () => {
    const { answer, asked: questions, question, tell } = begun()
    answer.value.stop?.()
    expect(answer.value).toMatchObject({ value: undefined, isWaiting: false })
    expect(answer.value.stop).toBeUndefined()
    tell({ id: questions[0]!.id, answer: [] })
    question.value = { at: { seq: 2, now: 0 } }
    expect([answer.value.value, questions.length]).toEqual([undefined, 1])
  })

  it("is begun again by whoever stopped it", () => {
    const { answer, asked: questions, question, tell } = begun()
    answer.value.stop?.()
    question.value = { at: { seq: 2, now: 0 } }
    answer.value.resume?.()
    expect([answer.value.isWaiting, answer.value.resume]).toEqual([true, undefined])
    tell({ id: questions[1]!.id, answer: [] })
    expect([answer.value.value, questions[1]!.question]).toEqual([[], { at: { seq: 2, now: 0 } }])
  })

  describe("about other moments than the one before it", () => {
    /** Two moments are compared, and then two others. */
    const compared = () => {
      const worker = linked()
      const question = signal({ from: { seq: 1, now: 0 }, to: { seq: 2, now: 0 } })
      const options = { again: signal(0), evenIfLate: true, choice: question }
      const answer = asked(worker.link, "diff", question, signal(true), options)
      question.value = { from: { seq: 1, now: 0 }, to: { seq: 9, now: 0 } }
      const older = { credentials: [] } as never
      worker.tell({ id: worker.asked[0]!.id, answer: older })
      return { ...worker, answer, older }
    }

    it("is still waited for when the older one is shown", () => {
      const { answer, asked: questions, older, tell } = compared()
      expect(answer.value).toMatchObject({ value: older, isWaiting: true })
      answer.value.stop?.()
      tell({ id: questions[1]!.id, answer: older })
      expect(answer.value).toMatchObject({ value: undefined, isWaiting: false })
    })

    it("leaves the older one only until it is known to take long", () => {
      const { answer, asked: questions, tell } = compared()
      const progress = { events: 5_000, all: 9_000 }
      tell({ id: questions[1]!.id, progress })
      expect(answer.value).toMatchObject({ value: undefined, isWaiting: true, progress })
    })
  })

  it("is begun again when something else is chosen", () => {
    const { answer, asked: questions, choice } = begun()
    answer.value.stop?.()
    choice.value = "another moment"
    expect([answer.value.isWaiting, questions.length]).toEqual([true, 2])
  })
})
