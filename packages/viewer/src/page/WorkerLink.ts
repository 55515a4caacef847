/**
 * Questions to the worker. Of each kind one is under way and only the newest other one waits, so that a fast hand asks no
 * more than can be answered; only of what reads the whole ledger the worker is told at once, for it gives up the older one.
 * An answer that a newer question has overtaken is dropped, unless it is wanted even so; one that was stopped is too. A refusal is a value.
 */
import type { Answers, FromWorker, OpenWith, Progress, QuestionName, ToWorker } from "../Questions.ts"

export type Answer<Name extends QuestionName> =
  | { readonly answer: Answers[Name]["answer"] }
  | { readonly refused: string }

/** What the worker tells unasked. */
export type News = Exclude<FromWorker, { readonly id: number }>

/** A worker, or one end of a channel. */
export interface Port {
  readonly postMessage: (message: ToWorker, transfer: Array<Transferable>) => void
  readonly addEventListener: (type: "message", listener: (event: MessageEvent<FromWorker>) => void) => void
}

interface Options {
  readonly evenIfLate?: boolean
  /** Nobody chose anything else since the question before, which is then answered first. */
  readonly isSameChoice?: boolean
  readonly progress?: (read: Progress) => void
}

interface Asking extends Options {
  readonly message: ToWorker & { readonly id: number }
  readonly take: (answer: Answer<QuestionName>) => void
}

/** The worker gives these up for a newer one of their kind. */
const givenUp: ReadonlySet<QuestionName> = new Set(["find", "whatIf", "loops"])

interface Line {
  readonly sent: Asking
  waiting: Asking | undefined
}

export class WorkerLink {
  private readonly port: Port
  private readonly lines = new Map<QuestionName, Line>()
  private ids = 0

  constructor(port: Port, hear: (news: News) => void) {
    this.port = port
    port.addEventListener("message", ({ data }) => ("id" in data ? this.answered(data) : hear(data)))
  }

  /** Lines are handed over, not copied. */
  open(open: OpenWith): void {
    this.port.postMessage({ open }, "lines" in open ? [open.lines.buffer as ArrayBuffer] : [])
  }

  /** Calls `take` at most once, and not at all for a question that a newer one has overtaken. */
  ask<Name extends QuestionName>(
    name: Name,
    question: Answers[Name]["question"],
    take: (answer: Answer<Name>) => void,
    options: Options = {}
  ): void {
    const message = { ask: name, id: ++this.ids, question } as ToWorker & { readonly id: number }
    const asking: Asking = { message, take, ...options }
    const line = this.lines.get(name)
    if (line === undefined || (givenUp.has(name) && options.isSameChoice !== true)) this.send(name, asking)
    else line.waiting = asking
  }

  /** What is under way of a kind, and what waits behind it. */
  stop(name: QuestionName): void {
    const line = this.lines.get(name)
    if (line === undefined) return
    this.lines.delete(name)
    this.port.postMessage({ stop: line.sent.message.id }, [])
  }

  private send(name: QuestionName, asking: Asking): void {
    this.lines.set(name, { sent: asking, waiting: undefined })
    this.port.postMessage(asking.message, [])
  }

  private answered(data: Extract<FromWorker, { readonly id: number }>): void {
    for (const [name, { sent, waiting }] of this.lines) {
      if (sent.message.id !== data.id) continue
      if ("progress" in data) return sent.progress?.(data.progress)
      this.lines.delete(name)
      if (waiting !== undefined) this.send(name, waiting)
      if (waiting === undefined || sent.evenIfLate === true || waiting.isSameChoice === true) {
        sent.take("refused" in data ? { refused: data.refused } : { answer: data.answer as never })
      }
      return
    }
  }
}
