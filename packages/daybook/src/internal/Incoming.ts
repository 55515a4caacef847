/**
 * An answer on its way to the caller. A refusal is looked into without taking anything of it away; an acceptance is not
 * read at all, only its end is watched.
 */
import type { ApiAnswer } from "@daybook/refresher/ReportAnswer"

export const isAccepted = ({ ok }: Response): boolean => ok

/** As much of a refusal as is looked at, in bytes. */
const most = 65_536

/** For so long at most, in milliseconds: a body may never end. */
const longest = 2_000

/** The beginning of its body, of which the caller still gets all; empty if somebody reads it already. */
export const headOf = async (response: Response): Promise<string> => {
  const isTaken = response.body === null || response.bodyUsed || response.body.locked
  const body = isTaken ? null : response.clone().body
  if (body === null) return ""
  const decoder = new TextDecoder()
  let text = ""
  let length = 0
  const reader = body.getReader()
  const leave = () => void reader.cancel().catch(() => {})
  const timer = setTimeout(leave, longest)
  try {
    while (length < most) {
      const { done, value } = await reader.read()
      if (done) return text + decoder.decode()
      length += value.length
      text += decoder.decode(value, { stream: true })
    }
  } catch {
    return text // the caller's own half says what happened
  } finally {
    clearTimeout(timer)
  }
  leave()
  return text
}

export const answerOf = ({ headers, status }: Response, body: string, model: string | undefined): ApiAnswer => ({
  status,
  headers: Object.fromEntries(headers),
  body,
  ...(model === undefined ? {} : { model })
})

/** Also of a response of another `fetch`, such as that of the package `undici`. */
const isResponse = (answer: Response | ApiAnswer): answer is Response => "clone" in answer

/** Of a response only the beginning of a refusal is read, and from a copy. */
export const answerFrom = async (answer: Response | ApiAnswer, model?: string): Promise<ApiAnswer> => {
  if (!isResponse(answer)) return model === undefined ? answer : { model, ...answer }
  return answerOf(answer, isAccepted(answer) ? "" : await headOf(answer), model)
}

/** Frees the connection of an answer that nobody will read. */
export const discard = (response: Response): void => {
  response.body?.cancel().catch(() => {})
}

/** What is told of the error when a body cannot be read to its end. */
const cuts = new WeakMap<Response, (error: unknown) => void>()

/** What is called when a body has come to its end, in whatever way. */
const ends = new WeakMap<Response, () => void>()

/** Also for an answer that nobody reads and everybody forgets. */
const forgotten = new FinalizationRegistry<() => void>((end) => end())

interface Passed {
  readonly source: ReadableStream<Uint8Array<ArrayBuffer>>
  readonly body: ReadableStream<Uint8Array>
}

const bodies = new WeakMap<Response, Passed>()

/**
 * The same object, which says once through `cut` if its body cannot be read to its end, through `end` when it has ended at all,
 * and to its caller exactly what it would have said anyway.
 */
export const watched = (response: Response, cut: (error: unknown) => void, end?: () => void): Response => {
  if (response.body === null || Object.getPrototypeOf(response) !== Response.prototype) {
    end?.()
    return response
  }
  cuts.set(response, cut)
  if (end !== undefined) {
    ends.set(response, end)
    forgotten.register(response, end)
  }
  return Object.setPrototypeOf(response, watching)
}

const look = (response: Response, error: unknown): void => {
  ends.get(response)?.()
  cuts.get(response)?.(error)
  cuts.delete(response)
}

const reading = (name: "arrayBuffer" | "blob" | "bytes" | "formData" | "json" | "text") => ({
  configurable: true,
  async value(this: Response): Promise<unknown> {
    try {
      const read: unknown = await Response.prototype[name].call(this)
      ends.get(this)?.()
      return read
    } catch (error) {
      look(this, error)
      throw error
    }
  }
})

/** The body of a response as it is without us. */
const bodyOf = (response: Response): Response["body"] => Reflect.get(Response.prototype, "body", response)

const watching: Response = Object.create(Response.prototype, {
  arrayBuffer: reading("arrayBuffer"),
  blob: reading("blob"),
  bytes: reading("bytes"),
  formData: reading("formData"),
  json: reading("json"),
  text: reading("text"),
  body: {
    configurable: true,
    get(this: Response) {
      const source = bodyOf(this) // another one after a clone
      if (source === null) return null
      const known = bodies.get(this)
      if (known?.source === source) return known.body
      const body = passing(
        source,
        (error) => look(this, error),
        () => ends.get(this)?.()
      )
      bodies.set(this, { source, body })
      return body
    }
  }
})

/** Reads on only when it is read from, so nothing is held back and nothing piles up. */
const passing = (
  source: ReadableStream<Uint8Array<ArrayBuffer>>,
  look: (error: unknown) => void,
  end: () => void
): ReadableStream<Uint8Array> => {
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined
  const taken = () => (reader ??= source.getReader())
  return new ReadableStream(
    {
      type: "bytes",
      pull: async (controller) => {
        try {
          const { done, value } = await taken().read()
          if (!done) return controller.enqueue(value)
          end()
          controller.close()
          controller.byobRequest?.respond(0)
        } catch (error) {
          look(error)
          controller.error(error)
        }
      },
      cancel: (reason) => {
        end()
        return taken().cancel(reason)
      }
    },
    { highWaterMark: 0 }
  )
}
