/**
 * The worker: a script of the server's, or in a report file one made of the text that the file has in it. Where a browser
 * lets no worker begin there, the same text runs in the page itself, at the other end of a channel.
 */
import type { OpenWith } from "../Questions.ts"
import { type Embedded, embeddedId, workerId } from "../Wire.ts"
import { trustedWorker } from "./Trusted.ts"
import type { Port } from "./WorkerLink.ts"

interface Started {
  readonly port: Port
  readonly onFailure: (listener: (why: string) => void) => void
}

export const startWorker = (): Started => {
  const script = document.getElementById(workerId)?.textContent ?? undefined
  const trusted = trustedWorker(script)
  if (script === undefined) return watched(new Worker(trusted.address()))
  try {
    return watched(new Worker(trusted.address()))
  } catch {
    return inThePage(trusted.text())
  }
}

const watched = (worker: Worker): Started => ({
  port: worker,
  onFailure: (listener) =>
    worker.addEventListener("error", (event) => {
      event.preventDefault()
      listener("The part of this page that reads the ledger has ended. Load the page again.")
    })
})

/** The worker's script looks for this end before it takes its own. */
const inThePage = (script: string): Started => {
  const { port1, port2 } = new MessageChannel()
  Object.assign(globalThis, { daybookPort: port2 })
  const element = document.createElement("script")
  element.textContent = script
  document.head.append(element)
  port1.start()
  return { port: port1, onFailure: () => {} }
}

/** Hands over what a report file has in it; undefined if this is none. */
export const embedded = (): (() => Promise<OpenWith>) | undefined => {
  const text = document.getElementById(embeddedId)?.textContent
  if (text === undefined || text === null) return undefined
  return async () => {
    const { about, lines } = JSON.parse(text) as Embedded
    return { about, lines: await unzipped(lines) }
  }
}

const unzipped = async (base64: string): Promise<Uint8Array> => {
  const zipped = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
