/**
 * A report: the page, its worker, its style and a ledger in one HTML file, which asks nobody for anything. Only the
 * scripts and the style that were put in may run, by their hashes; no text of a ledger can end the element it is in.
 */
import { type About, embeddedId, scriptPolicy, workerId } from "@daybook/viewer/Wire"
import { hash } from "node:crypto"
import type { Site } from "./Site.ts"

/** What stands before the ledger's lines, and what stands behind them; between the two they are gzipped, in base64. */
export const around = ({ app, css, html, worker }: Site, about: About): readonly [before: string, after: string] => {
  const style = css.replaceAll(/<\/(?=style)/gi, "<\\/")
  const [script, workerScript] = [asScript(app), asScript(worker)]
  const page = html
    .replace(charset, (meta) => `${meta}\n    ${policyMeta([script, workerScript], style)}`)
    .replace(styleLink, () => `<style>${style}</style>`)
    .replace(scriptLink, "")
  const end = page.lastIndexOf("</body>")
  const before = `<script type="application/json" id="${embeddedId}">{"about":${asJson(about)},"lines":"`
  const after = `"}</script>
    <script type="text/plain" id="${workerId}">${workerScript}</script>
    <script>${script}</script>
  `
  return [page.slice(0, end) + before, after + page.slice(end)]
}

const charset = /<meta charset="utf-8"[^>]*>/
const styleLink = /<link\b[^>]*\bhref="page\.css"[^>]*>/
const scriptLink = /<script\b[^>]*\bsrc="app\.js"[^>]*><\/script>/

/** The worker's text too: where a browser lets no worker begin in a file, the page runs it itself. */
const policyMeta = (scripts: ReadonlyArray<string>, style: string): string => {
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map((script) => `'${sum(script)}'`).join(" ")}`,
    `style-src '${sum(style)}'`,
    "worker-src blob:",
    "connect-src 'none'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types ${scriptPolicy}`
  ]
  return `<meta http-equiv="content-security-policy" content="${policy.join("; ")}" />`
}

const sum = (text: string): string => `sha256-${hash("sha256", text, "base64")}`

/** The same program: nowhere in it does this stand outside of a string or a pattern. */
const asScript = (code: string): string => code.replaceAll(/<(?=\/script|!--)/gi, "\\x3C")

const asJson = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c")
