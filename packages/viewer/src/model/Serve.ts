/** Answers the page over a port: a worker's own, or one end of a channel where no worker can be had. */
import type { Answers, FromWorker, OpenWith, QuestionName, ToWorker } from "../Questions.ts"
import type { Context } from "./Context.ts"
import { EmbeddedSource } from "./EmbeddedSource.ts"
import { find } from "./Find.ts"
import { HttpSource } from "./HttpSource.ts"
import type { LineSource } from "./Lines.ts"
import type { MakeEventSource } from "./Live.ts"
import { Reading, type Tell } from "./Reading.ts"
import { rows } from "./Rows.ts"
import { messageOf } from "./SourceError.ts"
import { Turns } from "./Turns.ts"

/** What of a port is used. */
export interface Port {
  readonly postMessage: (message: FromWorker, transfer: Array<Transferable>) => void
  readonly addEventListener: (type: "message", listener: (event: MessageEvent<ToWorker>) => void) => void
  readonly start?: () => void
}

/** What answers the questions about the past. */
export type PastAnswers = {
  readonly [Name in Exclude<QuestionName, "find" | "rows">]: (
    context: Context,
    question: Answers[Name]["question"]
  ) => Promise<Answers[Name]["answer"]>
}

export const serve = (port: Port, past: PastAnswers, makeEvents?: MakeEventSource): void => {
  const tell: Tell = (message, transfer = []) => port.postMessage(message, [...transfer] as Array<ArrayBuffer>)
  let session: Session | undefined
  /** Asked before there was a ledger to look into: a link opens its panel at once. */
  const early: Array<Asked> = []
  port.addEventListener("message", ({ data }) => {
    if ("open" in data) {
      const opened = new Session(sourceOf(data.open, makeEvents), past, tell)
      session = opened
      for (const asked of early.splice(0)) void opened.answer(asked)
    } else if ("ask" in data) {
      if (session === undefined) early.push(data)
      else void session.answer(data)
    }
  })
  port.start?.()
}

const sourceOf = (open: OpenWith, makeEvents?: MakeEventSource): LineSource =>
  "server" in open ? new HttpSource(open.server, makeEvents) : new EmbeddedSource(open.lines, open.about)

type Asked = Extract<ToWorker, { readonly ask: QuestionName }>

/** Of these only the newest is wanted: each reads much of the ledger. */
const overtaken: ReadonlySet<QuestionName> = new Set(["find", "whatIf", "loops"])

class Session {
  readonly #past: PastAnswers
  readonly #tell: Tell
  readonly #turns = new Turns()
  readonly #reading: Promise<Reading>
  readonly #underWay = new Map<QuestionName, AbortController>()

  constructor(source: LineSource, past: PastAnswers, tell: Tell) {
    this.#past = past
    this.#tell = tell
    this.#reading = this.#open(source)
    this.#reading.then(
      (reading) => reading.run(),
      (error) => tell({ failed: messageOf(error) })
    )
  }

  async answer(asked: Asked): Promise<void> {
    const { id } = asked
    const controller = new AbortController()
    if (overtaken.has(asked.ask)) this.#overtake(asked.ask, controller)
    try {
      const answer = await this.#turns.question(() => this.#ask(asked, controller.signal))
      this.#tell({ id, answer }, answer instanceof Float64Array ? [answer.buffer] : [])
    } catch (error) {
      this.#tell({ id, refused: messageOf(error) })
    }
  }

  async #open(source: LineSource): Promise<Reading> {
    const about = await source.about()
    this.#tell({ about })
    return new Reading(source, about, this.#turns, this.#tell)
  }

  #overtake(name: QuestionName, controller: AbortController): void {
    this.#underWay.get(name)?.abort(new Error("A newer question took its place."))
    this.#underWay.set(name, controller)
  }

  async #ask({ ask, question }: Asked, signal: AbortSignal): Promise<unknown> {
    const reading = await this.#reading
    await reading.seen
    if (ask === "find") return find(reading, question, signal)
    if (ask === "rows") return rows(reading, question.seqs)
    const { about, source } = reading
    const context: Context = { source, first: about.first, stateAt: ({ seq }) => reading.stateAt(seq), signal }
    const answer = this.#past[ask] as (context: Context, question: unknown) => Promise<unknown>
    return answer(context, question)
  }
}
