/** The page of one ledger, from the command's start until all of the ledger is in it. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { chromium } from "playwright-core"
import { BarePage } from "./BarePage.ts"

export interface Looked {
  /** Milliseconds from the address to the first lanes that are drawn. */
  readonly picture: number
  /** Milliseconds until every event is in the page. */
  readonly all: number
  /** While the cursor is dragged over the whole ledger, and while nearly all of it is panned. */
  readonly scrubbing: Frames
  readonly panning: Frames
  /** MB of the tab's process, when all is read, and right after the cursor was dragged. */
  readonly memory: { readonly atRest: number; readonly dragged: number }
}

export interface Frames {
  readonly aSecond: number
  /** Milliseconds. */
  readonly longest: number
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

const size = { width: 1_400, height: 900 }

const browse = async (address: string): Promise<Looked> => {
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
  })
  try {
    const page = await BarePage.open(browser, size)
    const begun = performance.now()
    await page.goto(address)
    await page.until(isMarked("first picture"))
    const picture = performance.now() - begun
    await page.until(isMarked("all read"))
    const all = performance.now() - begun
    const atRest = await memoryOf(page)
    const scrubbing = await framesWhile(page, () => scrub(page))
    const dragged = await memoryOf(page)
    const panning = await framesWhile(page, () => pan(page))
    return { picture, all, scrubbing, panning, memory: { atRest, dragged } }
  } finally {
    await browser.close()
  }
}

const isMarked = (name: string): string => `performance.getEntriesByName(${JSON.stringify(name)}).length > 0`

/** Drags the cursor from the end to the beginning. */
const scrub = async (page: BarePage): Promise<void> => {
  const [grip, plot] = [await page.boxOf(".timeline-grip"), await page.boxOf(".timeline-lanes canvas")]
  const before = await cursorIn(page)
  const [x, y] = [grip.x + grip.width / 2, grip.y + grip.height / 2]
  const steps = 300
  const first = plot.x + 0.05 * plot.width
  await page.drag(Array.from({ length: steps + 1 }, (_, step) => ({ x: x - ((x - first) * step) / steps, y })))
  if ((await cursorIn(page)) === before) throw new Error("the cursor did not move")
}

const cursorIn = (page: BarePage) =>
  page.evaluate<string>(`document.querySelector(".timeline-grip").getAttribute("aria-valuenow")`)

/** Zooms in a little, and drags what is still nearly all of the ledger to and fro. */
const pan = async (page: BarePage): Promise<void> => {
  const plot = await page.boxOf(".timeline-lanes canvas")
  const middle = { x: plot.x + plot.width / 2, y: plot.y + 60 }
  await page.wheel(middle, -60)
  const before = await windowIn(page)
  const steps = Array.from({ length: 200 }, (_, step) => middle.x + 150 * Math.sin(step / 12))
  await page.drag(steps.map((x) => ({ x, y: middle.y })))
  if ((await windowIn(page)) === before) throw new Error("the view did not move")
}

/** Where it lies in the strip of the whole ledger. */
const windowIn = (page: BarePage) =>
  page.evaluate<string>(`document.querySelector(".timeline-minimap .selection").getAttribute("x")`)

/** As the page counts them itself. */
const framesWhile = async (page: BarePage, act: () => Promise<void>): Promise<Frames> => {
  await page.evaluate(`{
    const counted = globalThis.counted = { times: [], isOn: true }
    requestAnimationFrame(function count(now) {
      counted.times.push(now)
      if (counted.isOn) requestAnimationFrame(count)
    })
  }`)
  await act()
  const times = await page.evaluate<ReadonlyArray<number>>("counted.isOn = false, counted.times")
  const spans = times.slice(1).map((time, place) => time - times[place]!)
  return { aSecond: (spans.length * 1_000) / (times.at(-1)! - times[0]!), longest: Math.max(...spans) }
}

/** Of the browser's processes for pages the largest is the tab, with its worker. What it shares with others is not its own. */
const memoryOf = async (page: BarePage): Promise<number> =>
  Math.max(0, ...(await page.renderers()).map((pid) => kilobytesOf(pid) / 1_024))

const kilobytesOf = (pid: number): number => {
  try {
    return Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0)
  } catch {
    return 0 // it has ended
  }
}
