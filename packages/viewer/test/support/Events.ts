/** The part of an `EventSource` that the page uses, over `fetch`: Node has none without a flag. It never connects again. */
import type { Events } from "@daybook/viewer/model/Live"

type Listener = (event: MessageEvent<string>) => void

export const makeEvents = (address: string): Events => {
  const listeners = new Map<string, Listener>()
  const controller = new AbortController()
  const say = (type: string, data = "") => listeners.get(type)?.(new MessageEvent(type, { data }))
  const run = async () => {
    const { body } = await fetch(address, { signal: controller.signal })
    say("open")
    let text = ""
    for await (const part of body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + part).split("\n\n")
      text = blocks.pop()!
      for (const block of blocks) tell(block, say)
    }
    throw new Error("ended")
  }
  run().catch(() => controller.signal.aborted || say("error"))
  return {
    addEventListener: (type, listener) => void listeners.set(type, listener),
    close: () => controller.abort()
  }
}

const tell = (block: string, say: (type: string, data: string) => void): void => {
  const fields = block.split("\n").map((line) => line.split(/: ?(.*)/s))
  const type = fields.find(([name]) => name === "event")?.[1]
  const data = fields.flatMap(([name, value]) => (name === "data" ? [value!] : []))
  if (type !== undefined) say(type, data.join("\n"))
}
