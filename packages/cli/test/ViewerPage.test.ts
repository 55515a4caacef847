/** The page in a real browser, from the command that serves it to what stands on the screen. */
import { assert, afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Browser, Page } from "playwright-core"
import type { Meddle } from "./support/Between.ts"
import { launch as launchBrowser, watchedPage } from "./support/Chromium.ts"
import { main } from "./support/Cli.ts"
import { barriers, isRead, recorded, shoot, view, type Viewed } from "./support/Viewed.ts"

let browser: Browser
beforeAll(async () => void (browser = await launchBrowser()))
afterAll(() => browser.close())

/** In a folder that a picture may show. */
const copyOf = (ledger: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "ledger-"))
  cpSync(ledger, folder, { recursive: true })
  return folder
}

const tab = (page: Page, name: string) => page.getByRole("tab", { name, exact: true })
const panel = (page: Page) => page.getByRole("tabpanel")
const timeline = (page: Page) => page.getByRole("group", { name: "Credentials over time" })
const cursor = (page: Page) => page.getByRole("slider", { name: "Cursor" })
const placeOf = async (page: Page) => Number(await cursor(page).getAttribute("aria-valuenow"))

const nothingSaid = ({ console, outside }: Viewed) => {
  assert.deepStrictEqual(console, [])
  assert.deepStrictEqual(outside, [])
}

const nothingOutside = ({ outside }: Viewed) => assert.deepStrictEqual(outside, [])

describe("the page of a login that another program spent", () => {
  let viewed: Viewed
  beforeAll(async () => void (viewed = await view(browser, ["--ledger", recorded("spent-by-another-program")])))
  afterAll(() => viewed.close())

  it("shows a lane for each credential, and how it stands", async () => {
    const { page } = viewed
    await timeline(page).getByRole("button", { name: /main/ }).waitFor()
    await panel(page).getByText(/dead/).first().waitFor()
    assert.include(await panel(page).innerText(), "openai-codex")
    await page
      .getByRole("gridcell", { name: /agent\[\d+\]/ })
      .first()
      .waitFor()
    await shoot(page, "timeline")
  })

  it("steps from event to event, and to the next failure, by keys alone", async () => {
    const { page } = viewed
    await page.keyboard.press("t")
    await page.keyboard.press("Home")
    assert.strictEqual(await placeOf(page), 1)
    await page.keyboard.press(".")
    await page.keyboard.press(".")
    assert.strictEqual(await placeOf(page), 3)
    await page.keyboard.press(",")
    assert.strictEqual(await placeOf(page), 2)
    await page.keyboard.press("n")
    assert.strictEqual(await placeOf(page), 8)
    await panel(page).getByText("behind event 8").waitFor()
    await page.keyboard.press("l")
    assert.strictEqual(await placeOf(page), 12)
  })

  it("says why, from the root on, with the command's own words and next step", async () => {
    const { page } = viewed
    await timeline(page).getByRole("button", { name: /main/ }).click()
    await tab(page, "Why").click()
    await panel(page).getByText("no process in this ledger had used it").waitFor()
    const said = await panel(page).innerText()
    const told = execFileSync(process.execPath, [
      main,
      "why",
      "main",
      "--json",
      "--ledger",
      recorded("spent-by-another-program")
    ])
    const { cause, next, says } = JSON.parse(told.toString())
    assert.include(said, says)
    assert.include(said, cause)
    assert.include(said, next.says.replaceAll("`", "")) // on the page these are other letters
    assert.include(said, next.command)
    await shoot(page, "why")
  })

  it("shows what changed between the pin and the cursor", async () => {
    const { page } = viewed
    await page.keyboard.press("t")
    await page.keyboard.press("Home")
    for (let step = 0; step < 5; step++) await page.keyboard.press(".")
    await page.keyboard.press("p")
    await page.keyboard.press("l")
    await tab(page, "Changes").click()
    await panel(page).getByText("dead since").waitFor()
    assert.include(await panel(page).innerText(), "live")
    await shoot(page, "changes")
    await page.keyboard.press("p")
  })

  it("finds events by a word, and shows the line of one as it stands in the ledger", async () => {
    const { page } = viewed
    await page.keyboard.press("/")
    await page.keyboard.type("refresh_token_reused")
    const rows = page.getByRole("grid", { name: "Events" }).getByRole("row")
    await page.waitForFunction(() => document.querySelectorAll('[role="grid"] [role="row"]').length === 4)
    const row = rows.filter({ hasText: "refresh failed" })
    await row.click()
    await tab(page, "Event").click()
    await panel(page).getByText('"type":"RefreshFailed"').waitFor()
    const line = await panel(page).locator("pre").innerText()
    assert.match(line.trim(), /^\{"seq":8,.*"h":"[\w-]{43}","c":"[0-9a-f]{8}"\}$/)
    await shoot(page, "event")
    await page.getByRole("searchbox").fill("")
  })

  it("has an address that shows another browser the same", async () => {
    const { page } = viewed
    await page.keyboard.press("Escape")
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    await page.keyboard.press("t")
    await page.keyboard.press("Home")
    await page.keyboard.press("n")
    await page.waitForFunction(() => location.hash.includes("at=8"))
    const hash = await page.evaluate(() => location.hash)
    const other = await view(browser, ["--ledger", recorded("spent-by-another-program")], { hash })
    assert.strictEqual(await placeOf(other.page), 8)
    await panel(other.page).getByText('"type":"RefreshFailed"').waitFor()
    assert.strictEqual(await panel(other.page).innerText(), await panel(page).innerText())
    await other.close()
  })

  it.each(["State", "Why", "Changes", "What-if", "Loops", "Event"])(
    "has no barrier that axe knows of while %s is open",
    async (name) => {
      const { page } = viewed
      await tab(page, name).click()
      assert.deepStrictEqual(await barriers(page), [])
    }
  )

  it("says what a link asks wrongly, until another is followed", async () => {
    const { page } = viewed
    const wrong = page.getByText(/The link says tab=secrets/)
    await page.evaluate(() => (location.hash = "tab=secrets"))
    await wrong.waitFor()
    await page.evaluate(() => (location.hash = "at=1&now=0&credential=main&tab=why"))
    await panel(page).getByText("main was not in the pool yet at event 1").first().waitFor()
    assert.strictEqual(await wrong.count(), 0)
  })

  it("takes a link without an instant for the moment of its event", async () => {
    const { page } = viewed
    await page.evaluate(() => (location.hash = "at=8&pin=3&tab=changes"))
    await page.waitForFunction(() => /at=8&now=\d+&pin=3&pinNow=\d+/.test(location.hash))
    assert.strictEqual(await placeOf(page), 8)
    const written = await page.getByText(/^event 8/).innerText()
    await panel(page).getByText("From the pin").waitFor()
    await page.evaluate(() => (location.hash = "at=13"))
    await page.getByText("Event 13 is not in this ledger: the newest is event 12.").waitFor()
    assert.strictEqual(await page.getByText(/^event 8/).innerText(), written)
    const other = await view(browser, ["--ledger", recorded("spent-by-another-program")], { hash: "#at=8" })
    await expect.poll(() => placeOf(other.page)).toBe(8)
    assert.strictEqual(await other.page.getByText(/^event 8/).innerText(), written)
    await other.close()
  })

  it("clears the search on Escape, and then chooses nothing", async () => {
    const { page } = viewed
    await page.evaluate(() => (location.hash = "credential=main"))
    await page.keyboard.press("/")
    await page.keyboard.type("type:RefreshFailed")
    await page.getByText("1 of 12 events").waitFor()
    const chosen = timeline(page).getByRole("button", { name: /main/, pressed: true })
    await page.keyboard.press("Escape")
    await page.getByText("12 events", { exact: true }).waitFor()
    assert.deepStrictEqual([await page.getByRole("searchbox").inputValue(), await chosen.count()], ["", 1])
    await page.keyboard.press("Escape")
    await chosen.waitFor({ state: "detached" })
  })

  it("closes on Escape one thing at a time, the nearest first", async () => {
    const { page } = viewed
    await page.evaluate(() => (location.hash = "credential=main&tab=whatIf"))
    await tab(page, "What-if").focus()
    await page.keyboard.press("t")
    for (const key of ["Home", "[", "End", "]"]) await page.keyboard.press(key)
    await page.getByText("What the signs mean").click()
    await page.getByText("Filter", { exact: true }).click()
    await panel(page).getByText("a policy file of your own").click()
    await panel(page).getByRole("textbox").focus()
    const open = () =>
      page.evaluate(() => {
        const all = [".panel details[open]", ".lists[open]", ".timeline-key[open]", ".timeline-name[aria-pressed=true]"]
        return [...all, "[aria-label='Forget the span']"].map((selector) => document.querySelectorAll(selector).length)
      })
    const after: Array<ReadonlyArray<number>> = [await open()]
    for (let press = 0; press < 5; press++) {
      await page.keyboard.press("Escape")
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
      after.push(await open())
    }
    assert.deepStrictEqual(after, [
      [1, 1, 1, 1, 1],
      [0, 1, 1, 1, 1],
      [0, 1, 0, 1, 1],
      [0, 0, 0, 1, 1],
      [0, 0, 0, 0, 1],
      [0, 0, 0, 0, 0]
    ])
  })

  it("says of a credential that is not in the pool yet when it comes, and leads there", async () => {
    const { page } = viewed
    await page.evaluate(() => (location.hash = "at=1&credential=main"))
    const absent = panel(page).getByRole("listitem").filter({ hasText: "main" })
    await absent.getByText("not yet; enrolled by event").waitFor()
    await shoot(page, "not-yet")
    const line = execFileSync("grep", [
      "CredentialEnrolled",
      join(recorded("spent-by-another-program"), "ledger.jsonl")
    ])
    const { at, seq } = JSON.parse(line.toString())
    assert.include(await absent.innerText(), at.replace("T", " ").replace("Z", ""))
    await absent.getByRole("button", { name: `Go to event ${seq}` }).click()
    assert.strictEqual(await placeOf(page), seq)
    await absent.getByText("not yet").waitFor({ state: "detached" })
    assert.include(await panel(page).getByRole("listitem").filter({ hasText: "main" }).innerText(), "ok")
  })

  it("says once why it cannot say why", async () => {
    const { page } = viewed
    await page.evaluate(() => (location.hash = "at=1&now=0&credential=main&tab=why"))
    await panel(page).getByText("main was not in the pool yet at event 1").first().waitFor()
    await panel(page).locator("[aria-busy=true]").first().waitFor({ state: "detached" })
    assert.strictEqual(await panel(page).getByText("This cannot be answered").count(), 1)
  })

  it("writes nothing into the console and asks nobody outside", () => nothingSaid(viewed))
})

describe("the page of the tour's pool", () => {
  let tour: string
  beforeAll(() => void (tour = copyOf(fileURLToPath(new URL("recorded/tour", import.meta.url)))))
  afterAll(() => rmSync(tour, { recursive: true }))

  it("has the credentials by provider, and who wrote below them", async () => {
    const viewed = await view(browser, ["--ledger", tour])
    const { page } = viewed
    const lanes = await timeline(page).getByRole("button").allInnerTexts()
    const inOrder = ["team", "main", "second", "third"]
    assert.deepStrictEqual(
      lanes.flatMap((text) => inOrder.filter((name) => text.includes(name))),
      inOrder
    )
    await panel(page)
      .getByText(/RateLimited/)
      .first()
      .waitFor()
    await timeline(page).getByRole("button", { name: /main/ }).click()
    await page.mouse.move(0, 0)
    await shoot(page, "pool")
    nothingSaid(viewed)
    await viewed.close()
  })

  it("plays on from the cursor, and stops", async () => {
    const viewed = await view(browser, ["--ledger", tour])
    const { page } = viewed
    await page.keyboard.press("t")
    await page.keyboard.press("Home")
    await page.getByRole("combobox", { name: "Speed" }).selectOption({ index: 0 })
    await page.keyboard.press("t")
    await page.getByRole("button", { name: "Play" }).click()
    await page.waitForFunction(
      () => Number(document.querySelector('[role="slider"]')?.getAttribute("aria-valuenow")) >= 5
    )
    await page.getByRole("button", { name: /Stop|Pause|Play/ }).click()
    const place = await placeOf(page)
    await page.keyboard.press("t")
    await page.keyboard.press(".")
    assert.strictEqual(await placeOf(page), place + 1)
    await viewed.close()
  })
})

describe("the page of a login in a loop", () => {
  it("draws the loop, and another policy with what it would have saved", async () => {
    const ledger = copyOf(recorded("token-invalidated-hourly"))
    const viewed = await view(browser, ["--ledger", ledger])
    const { page } = viewed
    await tab(page, "Loops").click()
    await panel(page)
      .getByRole("img", { name: /circle/ })
      .first()
      .waitFor()
    await shoot(page, "loop")
    await tab(page, "What-if").click()
    await panel(page)
      .getByRole("radio", { name: /^default/ })
      .check()
    await panel(page).getByText("7").first().waitFor()
    const dead = panel(page).getByRole("row", { name: /dead/ })
    assert.match(await dead.innerText(), /7\s+1\s+6\s+0/)
    const told = execFileSync(process.execPath, [main, "what-if", "--policy", "default", "--ledger", ledger]).toString()
    const words = (text: string) => text.trim().toLowerCase().split(/\s+/).join(" ")
    const table = words(await panel(page).getByRole("table").innerText())
    assert.strictEqual(table, words(/^REQUESTS[^]*?(?=\n\n)/m.exec(told)?.[0] ?? ""))
    await panel(page).getByText("by what the policy says of").first().waitFor()
    await shoot(page, "what-if")
    await page.waitForFunction(() => /tab=whatIf.*policy=default/.test(location.hash))
    const hash = (await page.evaluate(() => location.hash)).replace("tab=whatIf", "tab=loops")
    const other = await view(browser, ["--ledger", ledger], { hash: hash.replace("policy=default", "") })
    const before = await timeline(other.page).screenshot()
    await other.page.evaluate((linked) => (location.hash = linked), hash)
    // The decisions that would be otherwise are drawn, though their panel is not open.
    await expect.poll(async () => before.equals(await timeline(other.page).screenshot())).toBe(false)
    await other.close()
    assert.deepStrictEqual(await barriers(page), [])
    nothingSaid(viewed)
    await viewed.close()
    rmSync(ledger, { recursive: true })
  })
})

describe("an answer that takes long", () => {
  let home: string
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "daybook-long-"))
    const appender = fileURLToPath(new URL("support/appender.ts", import.meta.url))
    execFileSync(process.execPath, [appender, home, "12000", "1000"])
  })
  afterAll(() => rmSync(home, { recursive: true }))

  /** What-if is asked, and waits for the second part of the ledger until it is let go. */
  const waiting = async () => {
    const held: Array<() => void> = []
    let isHolding = false
    const viewed = await view(browser, ["--home", home], {
      meddle: (path, answer, to) => {
        if (!isHolding || !path.startsWith("/api/lines?from=5001&")) return false
        held.push(() => answer.pipe(to))
        return true
      }
    })
    const { page } = viewed
    isHolding = true
    await tab(page, "What-if").click()
    await panel(page)
      .getByRole("radio", { name: /^default/ })
      .check()
    await panel(page)
      .getByText(/5,000 of 12,00\d events looked through/)
      .waitFor()
    const letGo = () => {
      isHolding = false
      for (const go of held.splice(0)) go()
    }
    return { letGo, page, viewed }
  }

  const stopped = (page: Page) => panel(page).getByText("Stopped before all events were looked through")
  const requests = (page: Page) => panel(page).getByRole("table")

  it("says how far it has come, is stopped by Escape, and does not arrive any more", async () => {
    const { letGo, page, viewed } = await waiting()
    await shoot(page, "long-answer")
    await page.keyboard.press("Escape")
    await stopped(page).waitFor()
    assert.isTrue(
      await panel(page)
        .getByRole("radio", { name: /^default/ })
        .isChecked()
    )
    await shoot(page, "stopped-answer")
    assert.deepStrictEqual(await barriers(page), [])
    letGo()
    // The same worker answers another question; of the one that was stopped there is nothing.
    await tab(page, "State").click()
    await panel(page).getByText("The pool behind event").waitFor()
    await tab(page, "What-if").click()
    await stopped(page).waitFor()
    assert.strictEqual(await requests(page).count(), 0)
    nothingSaid(viewed)
    await viewed.close()
  })

  it("is stopped by a button, which has the focus then and begins it again", async () => {
    const { letGo, page, viewed } = await waiting()
    await panel(page).getByRole("button", { name: "Stop" }).click()
    await stopped(page).waitFor()
    letGo()
    await page.keyboard.press("Enter")
    await requests(page).waitFor()
    assert.strictEqual(await stopped(page).count(), 0)
    await viewed.close()
  })
})

describe("a page that is live", () => {
  it("shows what another process appends, without being asked", async () => {
    const home = mkdtempSync(join(tmpdir(), "daybook-live-"))
    const appender = fileURLToPath(new URL("support/appender.ts", import.meta.url))
    const append = (count: number) => execFileSync(process.execPath, [appender, home, String(count)])
    append(3)
    const viewed = await view(browser, ["--home", home])
    const { page } = viewed
    const before = await placeOf(page)
    append(20)
    await page.waitForFunction(
      (least) => Number(document.querySelector('[role="slider"]')?.getAttribute("aria-valuenow")) >= least,
      before + 20
    )
    await page.getByRole("row", { name: /label 20/ }).waitFor()
    nothingSaid(viewed)
    await viewed.close()
    rmSync(home, { recursive: true })
  })

  it("shows that a bench has ended when it ends, in the lane as in the state, though no event says so", async () => {
    const home = mkdtempSync(join(tmpdir(), "daybook-live-"))
    const run = (script: string, ...args: ReadonlyArray<string>) =>
      execFileSync(process.execPath, [fileURLToPath(new URL(`support/${script}`, import.meta.url)), home, ...args])
    run("appender.ts", "1")
    const viewed = await view(browser, ["--home", home])
    const { page } = viewed
    const until = Date.now() + 3_600_000
    await page.keyboard.press(",")
    await page.clock.install()
    await page.clock.pauseAt(until - 5_000)
    await page.keyboard.press("l") // live again, the page goes by this clock
    run("bencher.ts", String(until))
    const lane = timeline(page).getByRole("button", { name: /main/ })
    const inState = panel(page).getByRole("button", { name: /main/ })
    await expect.poll(() => lane.innerText()).toContain("cooling")
    await expect.poll(() => inState.innerText()).toContain("cooling")
    const place = await placeOf(page)
    await shoot(page, "benched")
    await page.clock.runFor(5_000)
    await expect.poll(() => inState.innerText()).toContain("ok")
    await expect.poll(() => lane.innerText()).toContain("ok")
    assert.strictEqual(await placeOf(page), place)
    await shoot(page, "bench-ended")
    nothingSaid(viewed)
    await viewed.close()
    rmSync(home, { recursive: true })
  })

  describe("over a line that is not to be trusted", () => {
    const appender = fileURLToPath(new URL("support/appender.ts", import.meta.url))
    const numbers = (page: Page) =>
      page.evaluate(() =>
        Array.from(document.querySelectorAll("[role=grid] [role=row] .seq"), ({ textContent }) =>
          Number(/\d+/.exec(textContent ?? "")?.[0])
        )
      )

    it.each([
      ["misses an event that was lost, and reads it after all", "lose"],
      ["shows nothing of what breaks off in the midst of a line, and goes on behind the last whole one", "tear"]
    ] as const)("%s", async (_, harm) => {
      const home = mkdtempSync(join(tmpdir(), "daybook-live-"))
      const append = (count: number) => execFileSync(process.execPath, [appender, home, String(count)])
      append(2)
      let harmed = 0
      const meddle: Meddle = (path, answer, to) => {
        if (!path.startsWith("/api/live")) return false
        let isTorn = false
        answer.setEncoding("utf8").on("data", (text: string) => {
          const isLines = text.includes("event: lines")
          if (isTorn) return
          if (harmed > 0 || !isLines) return void to.write(text)
          harmed++
          isTorn = harm === "tear"
          if (isTorn) to.write(text.slice(0, -60), () => to.destroy())
        })
        return true
      }
      const viewed = await view(browser, ["--home", home], { meddle })
      const { page } = viewed
      const before = await placeOf(page)
      append(4)
      await expect.poll(() => harmed).toBe(1)
      append(3)
      await expect.poll(() => placeOf(page)).toBe(before + 9) // each process joins by an event
      await expect.poll(() => numbers(page)).toEqual(Array.from({ length: before + 9 }, (_, place) => place + 1))
      assert.strictEqual(await page.getByText("The ledger is damaged").count(), 0)
      nothingOutside(viewed)
      await viewed.close()
      rmSync(home, { recursive: true })
    })
  })

  it("says that the command has ended, and keeps what it has", async () => {
    const viewed = await view(browser, ["--ledger", recorded("quiet")])
    const { page } = viewed
    const before = await placeOf(page)
    await viewed.end()
    await page
      .getByText(/connection|reach/i)
      .first()
      .waitFor()
    assert.strictEqual(await page.getByText(`daybook view --ledger ${recorded("quiet")}`).count(), 1)
    assert.strictEqual(await placeOf(page), before)
    await page.keyboard.press("t")
    await page.keyboard.press("Home")
    assert.strictEqual(await placeOf(page), 1)
    await shoot(page, "lost")
    await viewed.close()
  })
})

/** Ways to make a script of a text, or to load one, and what a browser says to each of them. */
const scriptsFromText = (page: Page) =>
  page.evaluate(() => {
    const evil = "document.title = 'evil'"
    const { trustedTypes } = globalThis as unknown as {
      trustedTypes: { createPolicy: (name: string, rules: object) => object }
    }
    const ways: Record<string, () => unknown> = {
      markup: () => (document.createElement("p").innerHTML = "<img src=x>"),
      script: () => (document.createElement("script").textContent = evil),
      worker: () => new Worker(URL.createObjectURL(new Blob([evil]))),
      policy: () => trustedTypes.createPolicy("other", {}),
      ours: () => trustedTypes.createPolicy("daybook", {})
    }
    return Object.entries(ways).map(([way, go]) => {
      try {
        go()
        return `${way}: done`
      } catch (error) {
        return `${way}: ${(error as Error).name}`
      }
    })
  })

const noneOfThem = ["markup", "script", "worker", "policy", "ours"].map((way) => `${way}: TypeError`)

describe("a report", () => {
  let folder: string
  let file: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "daybook-report-"))
    file = join(folder, "report.html")
    execFileSync(process.execPath, [main, "view", "--ledger", recorded("spent-by-another-program"), "--out", file], {
      env: { ...process.env, HOME: folder }
    })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const opened = async (prepare: (page: Page) => Promise<unknown> = async () => {}) => {
    const watched = await watchedPage(browser)
    await prepare(watched.page)
    await watched.page.goto(`file://${file}`)
    await isRead(watched.page)
    return watched
  }

  it("is one file that opens from disk, shows why, and asks nobody", async () => {
    const { console, outside, page } = await opened()
    await timeline(page).getByRole("button", { name: /dead/ }).click()
    await tab(page, "Why").click()
    await panel(page).getByText("no process in this ledger had used it").waitFor()
    await shoot(page, "report")
    assert.deepStrictEqual(await barriers(page), [])
    assert.deepStrictEqual([console, outside], [[], []])
    await page.context().close()
  })

  it("reads its ledger in the page itself where a browser lets no worker begin", async () => {
    const noWorker = () => {
      globalThis.Worker = new Proxy(Worker, {
        construct: () => {
          throw new DOMException("not in a file", "SecurityError")
        }
      })
    }
    const { console, outside, page } = await opened((page) => page.addInitScript(noWorker))
    await timeline(page).getByRole("button", { name: /dead/ }).click()
    await panel(page).getByText("dead").first().waitFor()
    assert.deepStrictEqual([console, outside], [[], []])
    await page.context().close()
  })

  it("lets no text become a script, as the page of the command does", async () => {
    const { page } = await opened()
    assert.deepStrictEqual(await scriptsFromText(page), noneOfThem)
    await page.context().close()
    const served = await view(browser, ["--ledger", recorded("quiet")])
    assert.deepStrictEqual(await scriptsFromText(served.page), noneOfThem)
    await served.close()
  })
})

describe("the page elsewhere", () => {
  it("works at 360 pixels, and nothing stands beside the screen", async () => {
    const viewed = await view(browser, ["--ledger", recorded("a-bad-afternoon")], {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true
    })
    const { page } = viewed
    await timeline(page).waitFor()
    assert.isAtMost(await page.evaluate(() => document.documentElement.scrollWidth), 360)
    await shoot(page, "narrow")
    assert.deepStrictEqual(await barriers(page), [])
    nothingSaid(viewed)
    await viewed.close()
  })

  it("is readable in the dark", async () => {
    const viewed = await view(browser, ["--ledger", recorded("a-bad-afternoon")], { colorScheme: "dark" })
    const { page } = viewed
    await timeline(page).waitFor()
    await shoot(page, "dark")
    assert.deepStrictEqual(await barriers(page), [])
    await viewed.close()
  })

  it("says what can be read of a damaged ledger", async () => {
    const folder = copyOf(recorded("a-bad-afternoon"))
    execFileSync("sed", ["-i", "9s/seq/sex/", join(folder, "ledger.jsonl")])
    const viewed = await view(browser, ["--ledger", folder])
    const { page } = viewed
    await page
      .getByText(/Events up to 8 can be read/)
      .first()
      .waitFor()
    assert.strictEqual(await placeOf(page), 8)
    await shoot(page, "damaged")
    await viewed.close()
    rmSync(folder, { recursive: true })
  })
})
