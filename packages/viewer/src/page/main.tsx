/** Begins the page: its worker, and the components over it. */
import { render } from "preact"
import { App } from "./App.tsx"
import { makePage } from "./Page.ts"
import { embedded, startWorker } from "./Start.ts"
import { applyTheme } from "./Theme.ts"

const begin = async (root: Element): Promise<void> => {
  applyTheme()
  const report = embedded()
  const worker = startWorker()
  const page = makePage(worker.port, report !== undefined)
  worker.onFailure((why) => (page.store.failed.value = why))
  render(<App page={page} />, root)
  try {
    page.link.open(report === undefined ? { server: folder() } : await report())
  } catch {
    page.store.failed.value = "The lines in this file cannot be read: it may have been cut. Have it made anew."
  }
}

/** Below which the server answers, as the page itself lies there. */
const folder = (): string => new URL(".", location.href).href.replace(/\/$/, "")

const root = document.getElementById("page")
if (root !== null) void begin(root)
