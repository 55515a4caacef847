/** A real browser for the page: one for a file of tests, one page for each test. */
import { inPath } from "@daybook/cli/Browser"
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core"

/** It asks nobody for anything: no updates, no names of hosts. */
const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync"
]

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: program(), args: quiet })

const program = (): string => {
  const named = process.env["CHROMIUM"]
  if (named !== undefined) return named
  const found = ["chromium", "chromium-browser", "google-chrome"]
    .map((name) => inPath(name, process.env))
    .find((path) => path !== undefined)
  if (found === undefined) throw new Error("The page is tested in Chromium: install it, or name it in CHROMIUM.")
  return found
}

/** What a page did that nobody should notice: messages, errors, and requests to anybody but its own server. */
export interface Watched {
  readonly page: Page
  readonly console: ReadonlyArray<string>
  readonly outside: ReadonlyArray<string>
}

export const watchedPage = async (browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> => {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options })
  const page = await context.newPage()
  const console: Array<string> = []
  const outside: Array<string> = []
  page.on("console", (message) => console.push(`${message.type()}: ${message.text()}`))
  page.on("pageerror", (error) => console.push(`error: ${error.message}`))
  page.on("request", (request) => {
    if (!/^(http:\/\/127\.0\.0\.1:|data:|blob:|file:)/.test(request.url())) outside.push(request.url())
  })
  return { page, console, outside }
}
