/** Long work is cut up, so that messages come in between; and what nobody waits for steps back behind questions. */

/** Lets whatever waits outside come first. */
export const pause = (): Promise<void> =>
  new Promise((resolve) => {
    const { scheduler } = globalThis as { scheduler?: { postTask?: (task: () => void, options: object) => unknown } }
    if (scheduler?.postTask === undefined) setTimeout(resolve, 0)
    else scheduler.postTask(resolve, { priority: "background" })
  })

/** Milliseconds without a pause. */
const longest = 8

/** Pauses when it is time to. */
export class Breath {
  readonly #pause: () => Promise<void>
  #last = performance.now()

  constructor(wait: () => Promise<void> = pause) {
    this.#pause = wait
  }

  async take(): Promise<void> {
    if (performance.now() - this.#last < longest) return
    await this.#pause()
    this.#last = performance.now()
  }
}

export class Turns {
  #questions = 0
  #waiting: Array<() => void> = []

  async question<A>(answer: () => Promise<A>): Promise<A> {
    this.#questions++
    try {
      return await answer()
    } finally {
      this.#questions--
      if (this.#questions === 0) for (const go of this.#waiting.splice(0)) go()
    }
  }

  /** Until no question is under way. */
  async background(): Promise<void> {
    await pause()
    while (this.#questions > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}
