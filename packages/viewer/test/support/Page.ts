/** The page's end: it opens a ledger, hears what is told, and asks. */
import { serve, type PastAnswers } from "@daybook/viewer/model/Serve"
import type { Answers, FromWorker, OpenWith, QuestionName } from "@daybook/viewer/Questions"
import { makeEvents } from "./Events.ts"
import { Whole } from "./Whole.ts"

type Given = Exclude<Extract<FromWorker, { readonly id: number }>, { readonly progress: unknown }>

export class Page {
  readonly told: Array<FromWorker> = []
  readonly whole = new Whole()
  readonly #port: MessagePort
  readonly #other: MessagePort
  readonly #waiting = new Set<() => void>()
  #ids = 0

  constructor(open: OpenWith, past: Partial<PastAnswers> = {}) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#other = port2
    serve(port2, past as PastAnswers, makeEvents)
    port1.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#hear(data))
    port1.start()
    port1.postMessage({ open }, [])
  }

  /** Until it was told something, which comes soon or was told before. */
  async until<A>(find: (page: Page) => A | undefined | false): Promise<A> {
    for (;;) {
      const found = find(this)
      if (found !== undefined && found !== false) return found
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
      this.#waiting.clear()
    }
  }

  /** All that there is when it opens. */
  async untilRead(): Promise<void> {
    await this.until(({ told }) => told.some((one) => "piece" in one && one.read.events === one.read.all))
  }

  async ask<Name extends QuestionName>(
    ask: Name,
    question: Answers[Name]["question"]
  ): Promise<Answers[Name]["answer"]> {
    const given = await this.given(ask, question)
    if ("answer" in given) return given.answer as Answers[Name]["answer"]
    throw new Error(given.refused)
  }

  stop(id: number): void {
    this.#port.postMessage({ stop: id }, [])
  }

  /** Asks, and gives the number of the question. */
  begin<Name extends QuestionName>(ask: Name, question: Answers[Name]["question"]): number {
    const id = ++this.#ids
    this.#port.postMessage({ ask, id, question }, [])
    return id
  }

  given<Name extends QuestionName>(ask: Name, question: Answers[Name]["question"]): Promise<Given> {
    const id = this.begin(ask, question)
    return this.until(({ told }) =>
      told.find((one): one is Given => "id" in one && one.id === id && !("progress" in one))
    )
  }

  close(): void {
    this.#port.close()
    this.#other.close()
  }

  #hear(message: FromWorker): void {
    this.told.push(message)
    if ("piece" in message) this.whole.add(message.piece)
    for (const go of this.#waiting) go()
  }
}
