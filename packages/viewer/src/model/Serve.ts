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
  readonly [Name in Exclude<QuestionName, "find" | "instants" | "rows">]: (
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
    } else if (session === undefined) forget(early, data.stop)
    else session.stop(data.stop)
  })
  port.start?.()
}

const forget = (early: Array<Asked>, id: number): void => {
  const place = early.findIndex((asked) => asked.id === id)
  if (place >= 0) early.splice(place, 1)
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
  /** By the id of a question, until it is answered or stopped. */
  readonly #waitedFor = new Map<number, AbortController>()

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
    this.#waitedFor.set(id, controller)
    if (overtaken.has(asked.ask)) this.#overtake(asked.ask, controller)
    try {
      const answer = await this.#turns.question(() => this.#ask(asked, controller.signal))
      this.#give({ id, answer }, answer instanceof Float64Array ? [answer.buffer] : [])
    } catch (error) {
      this.#give({ id, refused: messageOf(error) })
    }
  }

  /** Nothing more is told of it. */
  stop(id: number): void {
    const controller = this.#waitedFor.get(id)
    this.#waitedFor.delete(id)
    controller?.abort(new Error("It was stopped."))
  }

  #give(given: Extract<FromWorker, { readonly id: number }>, transfer: ReadonlyArray<ArrayBufferLike> = []): void {
    if (this.#waitedFor.delete(given.id)) this.#tell(given, transfer)
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

  async #ask({ ask, id, question }: Asked, signal: AbortSignal): Promise<unknown> {
    const reading = await this.#reading
    await reading.seen
    if (ask === "find") return find(reading, question, signal)
    if (ask === "rows") return rows(reading, question.seqs)
    if (ask === "instants") return Promise.all(question.seqs.map((seq) => reading.instantOf(seq)))
    const { about, source } = reading
    const progress: Context["progress"] = (read) => this.#waitedFor.has(id) && this.#tell({ id, progress: read })
    const stateAt: Context["stateAt"] = ({ seq }) => reading.stateAt(seq)
    const context: Context = { source, first: about.first, stateAt, signal, progress }
    const answer = this.#past[ask] as (context: Context, question: unknown) => Promise<unknown>
    return answer(context, question)
  }
}
