import { chromium } from "playwright-core"
import { spawn } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { pathToFileURL } from "node:url"
const child = spawn(process.execPath, ["packages/cli/bin/daybook.js", "view", "--ledger", process.argv[2] ?? "examples/ledgers/a-bad-afternoon"], { cwd: "/work/h/hermes", stdio: ["ignore", "pipe", "inherit"] })
const url = await new Promise((r) => { let t = ""; child.stdout.on("data", (d) => { t += d; if (t.includes("\n")) r(t.split("\n")[0]) }) })
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox","--disable-gpu","--disable-quic","--no-first-run","--disable-background-networking","--disable-component-update","--disable-sync"] })
const ctx = await browser.newContext()
const page = await ctx.newPage()
page.on("console", (m) => console.log("console", m.type(), m.text()))
page.on("pageerror", (e) => console.log("pageerror", e.message))
page.on("response", (r) => console.log(r.status(), r.url().replace(/token=.*/, "token=…"), r.request().headers()["sec-fetch-site"]))
const dir = mkdtempSync("/tmp/hv-open-")
if (process.argv[3] === "file") {
  writeFileSync(dir + "/open.html", `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${url}"><title>Daybook</title>`)
  await page.goto(pathToFileURL(dir + "/open.html").href)
} else await page.goto(url + "#at=5")
await page.waitForTimeout(2500)
console.log(page.url(), (await page.textContent("body")).slice(0, 300))
console.log("about", await page.evaluate(async () => (await fetch("/api/about")).status))
await page.reload(); await page.waitForTimeout(500); console.log(page.url(), page.url().length)
await browser.close()
child.kill("SIGINT")
