/** A question that follows what the page shows, and its newest answer. */
import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals"
import type { Answers, Progress, QuestionName } from "../Questions.ts"
import type { WorkerLink } from "./WorkerLink.ts"

export interface Asked<A> {
  /** The last answer stays until the next one is there, unless that is about something else. */
  readonly value: A | undefined
  readonly refused: string | undefined
  readonly isWaiting: boolean
  /** How far an answer has come that takes long. */
  readonly progress?: Progress | undefined
  /** Gives up waiting. */
  readonly stop?: (() => void) | undefined
  /** It was stopped: this asks again. */
  readonly resume?: () => void
}

interface Options<Question> {
  readonly again: ReadonlySignal<unknown>
  readonly evenIfLate?: boolean
  /** What the answer is read as being about, where the page names it beside the answer and not in it. */
  readonly subject?: (question: Question) => unknown
  /**
   * What a person has chosen of the question, if the answer may take long. Then it can be stopped, and stays so until
   * something else is chosen; and a ledger that grows does not begin it anew.
   */
  readonly choice?: ReadonlySignal<unknown>
}

const nothing: Asked<never> = { value: undefined, refused: undefined, isWaiting: false }

/** Asks again whenever the question changes while `isWanted`, and when `again` does; no question, no answer. */
export const asked = <Name extends QuestionName>(
  link: WorkerLink,
  name: Name,
  question: ReadonlySignal<Answers[Name]["question"] | undefined>,
  isWanted: ReadonlySignal<boolean>,
  { again, choice, evenIfLate = false, subject = () => undefined }: Options<Answers[Name]["question"]>
): ReadonlySignal<Asked<Answers[Name]["answer"]>> => {
  const answer = signal<Asked<Answers[Name]["answer"]>>(nothing)
  const resumed = signal(0)
  let about: unknown
  let chosen: unknown = nothing
  let isStopped = false
  const resume = () => {
    isStopped = false
    resumed.value++
  }
  const stop = () => {
    isStopped = true
    link.stop(name)
    answer.value = { ...nothing, resume }
  }
  effect(() => {
    void again.value
    void resumed.value
    const isOther = choice?.value !== chosen
    if (isOther) isStopped = false
    if (!isWanted.value || isStopped) return
    const next = question.value
    if (next === undefined) {
      answer.value = nothing
      return
    }
    const isAboutSame = subject(next) === about
    about = subject(next)
    chosen = choice?.value
    const chosenThen = chosen
    const { progress, refused, value } = untracked(() => answer.value)
    const kept = isAboutSame ? { value, refused } : nothing
    const long = choice === undefined ? {} : { stop, progress: isOther ? undefined : progress }
    answer.value = { ...kept, isWaiting: true, ...long }
    link.ask(
      name,
      next,
      (given) => {
        if (untracked(() => question.value) === undefined) return
        const found =
          "refused" in given
            ? { value: undefined, refused: given.refused }
            : { value: given.answer, refused: undefined }
        const isOvertaken = choice !== undefined && chosen !== chosenThen
        answer.value = isOvertaken
          ? { ...untracked(() => answer.value), ...found, progress: undefined }
          : { ...found, isWaiting: false }
      },
      {
        evenIfLate,
        isSameChoice: choice !== undefined && !isOther,
        progress: (progress) => {
          const other = isOther ? { value: undefined, refused: undefined } : {}
          answer.value = { ...untracked(() => answer.value), ...other, progress }
        }
      }
    )
  })
  return answer
}
