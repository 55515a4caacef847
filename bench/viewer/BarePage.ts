/**
 * A page of a browser that nobody listens to. A page of Playwright's own records what it loads, and the copies lie in the
 * memory that is to be measured: 45 MB for a ledger of 100,000 events, 100 MB and more for a million.
 */
import type { Browser, CDPSession } from "playwright-core"

export interface Place {
  readonly x: number
  readonly y: number
}

export interface Box extends Place {
  readonly width: number
  readonly height: number
}

type Params = Record<string, unknown>
type Message = { readonly id?: number; readonly result?: unknown; readonly error?: { readonly message: string } }
type Mouse = "mouseMoved" | "mousePressed" | "mouseReleased"

/** Milliseconds between two looks at whether something is so. */
const pause = 20

export class BarePage {
  readonly #session: CDPSession
  readonly #sessionId: string
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #ids = 0

  private constructor(session: CDPSession, sessionId: string) {
    this.#session = session
    this.#sessionId = sessionId
    session.on("Target.receivedMessageFromTarget", ({ message }) => this.#hear(JSON.parse(message) as Message))
  }

  static async open(browser: Browser, size: { readonly width: number; readonly height: number }): Promise<BarePage> {
    const session = await browser.newBrowserCDPSession()
    const { browserContextId } = await session.send("Target.createBrowserContext")
    const { targetId } = await session.send("Target.createTarget", { url: "about:blank", browserContextId, ...size })
    const { sessionId } = await session.send("Target.attachToTarget", { targetId, flatten: false })
    return new BarePage(session, sessionId)
  }

  async goto(url: string): Promise<void> {
    await this.#send("Page.navigate", { url })
  }

  async evaluate<A>(expression: string): Promise<A> {
    const answer = await this.#send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true })
    const { exceptionDetails, result } = answer as { exceptionDetails?: unknown; result: { value: A } }
    if (exceptionDetails !== undefined) throw new Error(`In the page: ${JSON.stringify(exceptionDetails)}`)
    return result.value
  }

  /** Until an expression is true. */
  async until(expression: string): Promise<void> {
    while (!(await this.evaluate<boolean>(expression))) await new Promise((resolve) => setTimeout(resolve, pause))
  }

  async boxOf(selector: string): Promise<Box> {
    const element = `document.querySelector(${JSON.stringify(selector)})`
    const box = await this.evaluate<Box | null>(`${element} && ${element}.getBoundingClientRect().toJSON()`)
    if (box === null) throw new Error(`The page has no ${selector}`)
    return box
  }

  /** With the button down along all places, one after the other. */
  async drag(places: ReadonlyArray<Place>): Promise<void> {
    const [begin, end] = [places[0]!, places.at(-1)!]
    await this.#mouse("mouseMoved", begin, 0)
    await this.#mouse("mousePressed", begin, 1)
    for (const place of places) await this.#mouse("mouseMoved", place, 1)
    await this.#mouse("mouseReleased", end, 0)
  }

  async wheel(at: Place, deltaY: number): Promise<void> {
    await this.#send("Input.dispatchMouseEvent", { type: "mouseWheel", ...at, deltaX: 0, deltaY })
  }

  /** Processes that draw pages of this browser. */
  async renderers(): Promise<ReadonlyArray<number>> {
    const { processInfo } = await this.#session.send("SystemInfo.getProcessInfo")
    return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id)
  }

  async #mouse(type: Mouse, at: Place, buttons: 0 | 1): Promise<void> {
    await this.#send("Input.dispatchMouseEvent", { type, ...at, button: "left", buttons, clickCount: 1 })
  }

  async #send(method: string, params: Params): Promise<unknown> {
    const id = ++this.#ids
    const answered = Promise.withResolvers<unknown>()
    this.#waiting.set(id, answered)
    const message = JSON.stringify({ id, method, params })
    await this.#session.send("Target.sendMessageToTarget", { sessionId: this.#sessionId, message })
    return answered.promise
  }

  #hear({ error, id = 0, result }: Message): void {
    const answered = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) answered?.resolve(result)
    else answered?.reject(new Error(error.message))
  }
}
