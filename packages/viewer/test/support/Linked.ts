/** A worker that answers what a test lets it answer. */
import type { FromWorker, ToWorker } from "@daybook/viewer/Questions"
import { type News, WorkerLink } from "@daybook/viewer/page/WorkerLink"

/** Two ends of a channel: the page's link, and what reaches the worker. */
export const linked = () => {
  const asked: Array<Extract<ToWorker, { readonly ask: string }>> = []
  const stopped: Array<number> = []
  const news: Array<News> = []
  let hear: ((event: MessageEvent<FromWorker>) => void) | undefined
  const link = new WorkerLink(
    {
      postMessage: (message) => {
        if ("ask" in message) asked.push(message)
        if ("stop" in message) stopped.push(message.stop)
      },
      addEventListener: (_, listener) => (hear = listener)
    },
    (told) => news.push(told)
  )
  const tell = (data: FromWorker) => hear?.({ data } as MessageEvent<FromWorker>)
  return { asked, link, news, stopped, tell }
}
