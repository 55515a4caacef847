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
