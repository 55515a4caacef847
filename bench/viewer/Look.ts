/** The page of one ledger, from the command's start until all of the ledger is in it. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync, readdirSync } from "node:fs"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { chromium, type Page } from "playwright-core"

export interface Looked {
  /** Milliseconds from the address to the first lanes that are drawn. */
  readonly picture: number
  /** Milliseconds until every event is in the page. */
  readonly all: number
  /** Frames a second while the cursor is dragged over the whole ledger, and the longest of them in milliseconds. */
  readonly frames: number
  readonly longest: number
  /** MB of the tab's process, when all is read and after the dragging. */
  readonly memory: number
}

const daybook = fileURLToPath(new URL("../../packages/cli/bin/daybook.js", import.meta.url))

export const lookAt = async (ledger: string): Promise<Looked> => {
  const home = mkdtempSync(join(tmpdir(), "daybook-bench-view-"))
  const command = spawn(process.execPath, [daybook, "view", "--no-open", "--ledger", ledger, "--home", home], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  try {
    return await browse(await addressFrom(command.stdout))
  } finally {
    command.kill("SIGINT")
    await once(command, "close")
    rmSync(home, { recursive: true, force: true })
  }
}

const addressFrom = async (output: NodeJS.ReadableStream): Promise<string> => {
  for await (const line of createInterface({ input: output })) {
    const [address] = /http:\/\/\S+/.exec(line) ?? []
    if (address !== undefined) return address
  }
  throw new Error("daybook view ended without an address")
}

const browse = async (address: string): Promise<Looked> => {
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    const begun = performance.now()
    await page.goto(address)
    await page.waitForFunction(() => performance.getEntriesByName("first picture").length > 0)
    const picture = performance.now() - begun
    await page.waitForFunction(() => performance.getEntriesByName("all read").length > 0, undefined, {
      timeout: 300_000
    })
    const all = performance.now() - begun
    const { frames, longest } = await scrub(page)
    return { picture, all, frames, longest, memory: memoryOf(browserTabs()) }
  } finally {
    await browser.close()
  }
}

/** Drags the cursor from the end to the beginning, while the page counts its own frames. */
const scrub = async (page: Page): Promise<{ readonly frames: number; readonly longest: number }> => {
  const cursor = page.getByRole("slider", { name: "Cursor" })
  const grip = await cursor.boundingBox()
  const lanes = await page.getByRole("group", { name: "Credentials over time" }).boundingBox()
  if (grip === null || lanes === null) throw new Error("the page has no timeline")
  const before = await cursor.getAttribute("aria-valuenow")
  const [x, y] = [grip.x + grip.width / 2, grip.y + grip.height / 2]
  await page.evaluate(() => {
    const times: Array<number> = []
    const count = (now: number): void => {
      times.push(now)
      if (Object.hasOwn(globalThis, "counted")) return
      requestAnimationFrame(count)
    }
    Object.assign(globalThis, { times })
    requestAnimationFrame(count)
  })
  const steps = 300
  await page.mouse.move(x, y)
  await page.mouse.down()
  for (let step = 1; step <= steps; step++) await page.mouse.move(x - ((x - lanes.x - 250) * step) / steps, y)
  await page.mouse.up()
  if ((await cursor.getAttribute("aria-valuenow")) === before) throw new Error("the cursor did not move")
  return page.evaluate(() => {
    const times: ReadonlyArray<number> = Reflect.get(globalThis, "times")
    Object.assign(globalThis, { counted: true })
    const spans = times.slice(1).map((time, place) => time - (times[place] ?? 0))
    const whole = (times.at(-1) ?? 0) - (times[0] ?? 0)
    return { frames: (spans.length * 1_000) / whole, longest: Math.max(...spans) }
  })
}

/** Processes that draw pages: of them the largest is the tab, with its worker. What it shares with others is not its own. */
const browserTabs = (): ReadonlyArray<string> =>
  readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && textOf(`/proc/${pid}/cmdline`).includes("--type=renderer"))

const memoryOf = (pids: ReadonlyArray<string>): number =>
  Math.max(0, ...pids.map((pid) => Number(/^RssAnon:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0) / 1_024))

const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return "" // it has ended
  }
}
