/** The page of a ledger as its users get it: the command serves it, and a real browser shows it. */
import AxeBuilder from "@axe-core/playwright"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { watchedPage, type Watched } from "./Chromium.ts"
import { between, type Meddle } from "./Between.ts"
import { launch } from "./Cli.ts"

export const recorded = (name: string): string =>
  fileURLToPath(new URL(`../../../../examples/ledgers/${name}`, import.meta.url))

export interface Served {
  readonly address: string
  readonly end: () => Promise<void>
}

/** `daybook view` in a process of its own, with an empty home. */
export const serve = async (args: ReadonlyArray<string>): Promise<Served> => {
  const user = mkdtempSync(join(tmpdir(), "daybook-view-"))
  const command = launch(["view", "--no-open", ...args], { user, env: { DAYBOOK_HOME: join(user, "daybook") } })
  const ended = once(command, "close")
  const address = await addressIn(command.stdout)
  return {
    address,
    end: async () => {
      if (command.exitCode === null) command.kill("SIGINT")
      await ended
      rmSync(user, { recursive: true, force: true })
    }
  }
}

const addressIn = async (output: NodeJS.ReadableStream | null): Promise<string> => {
  if (output !== null) {
    for await (const line of createInterface({ input: output })) {
      const [address] = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(line) ?? []
      if (address !== undefined) return address
    }
  }
  throw new Error("daybook view ended without an address")
}

export interface Viewed extends Watched {
  /** The command alone ends, and the page is left. */
  readonly end: () => Promise<void>
  readonly close: () => Promise<void>
}

/** The page with all of the ledger in it. `hash` is what a link carries; `meddle` does something to what is answered. */
export const view = async (
  browser: Browser,
  args: ReadonlyArray<string>,
  { hash = "", meddle, ...options }: BrowserContextOptions & { readonly hash?: string; readonly meddle?: Meddle } = {}
): Promise<Viewed> => {
  const served = await through(await serve(args), meddle)
  const watched = await watchedPage(browser, options)
  await watched.page.goto(served.address + hash)
  await isRead(watched.page)
  return {
    ...watched,
    end: served.end,
    close: async () => {
      await watched.page.context().close()
      await served.end()
    }
  }
}

const through = async (served: Served, meddle: Meddle | undefined): Promise<Served> => {
  if (meddle === undefined) return served
  const { address, end } = await between(served.address, meddle)
  return {
    address,
    end: async () => {
      await end()
      await served.end()
    }
  }
}

/** All of the ledger is in the page. */
export const isRead = (page: Page) =>
  page.waitForFunction(() => performance.getEntriesByName("all read").length > 0, undefined, { timeout: 30_000 })

const shots = process.env["DAYBOOK_SCREENSHOTS"] ?? join(tmpdir(), "daybook-screenshots")

/** Into the folder that DAYBOOK_SCREENSHOTS names. */
export const shoot = async (page: Page, name: string): Promise<void> => {
  mkdirSync(shots, { recursive: true })
  await page.screenshot({ path: join(shots, `${name}.png`) })
}

/** What axe finds, in a few words each, once no answer is dimmed because the next one is being made. */
export const barriers = async (page: Page): Promise<ReadonlyArray<string>> => {
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null)
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`)
}
