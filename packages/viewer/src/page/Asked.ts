/** A question that follows what the page shows, and its newest answer. */
import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals"
import type { Answers, QuestionName } from "../Questions.ts"
import type { WorkerLink } from "./WorkerLink.ts"

export interface Asked<A> {
  /** The last answer stays until the next one is there, unless that is about something else. */
  readonly value: A | undefined
  readonly refused: string | undefined
  readonly isWaiting: boolean
}

interface Options<Question> {
  readonly again: ReadonlySignal<unknown>
  readonly evenIfLate?: boolean
  /** What the answer is read as being about, where the page names it beside the answer and not in it. */
  readonly subject?: (question: Question) => unknown
}

const nothing: Asked<never> = { value: undefined, refused: undefined, isWaiting: false }

/** Asks again whenever the question changes while `isWanted`, and when `again` does; no question, no answer. */
export const asked = <Name extends QuestionName>(
  link: WorkerLink,
  name: Name,
  question: ReadonlySignal<Answers[Name]["question"] | undefined>,
  isWanted: ReadonlySignal<boolean>,
  { again, subject = () => undefined, ...options }: Options<Answers[Name]["question"]>
): ReadonlySignal<Asked<Answers[Name]["answer"]>> => {
  const answer = signal<Asked<Answers[Name]["answer"]>>(nothing)
  let about: unknown
  effect(() => {
    void again.value
    if (!isWanted.value) return
    const next = question.value
    if (next === undefined) {
      answer.value = nothing
      return
    }
    const isAboutSame = subject(next) === about
    about = subject(next)
    answer.value = { ...(isAboutSame ? untracked(() => answer.value) : nothing), isWaiting: true }
    link.ask(
      name,
      next,
      (given) => {
        if (untracked(() => question.value) === undefined) return
        answer.value =
          "refused" in given
            ? { value: undefined, refused: given.refused, isWaiting: false }
            : { value: given.answer, refused: undefined, isWaiting: false }
      },
      options
    )
  })
  return answer
}
