/** `daybook view --out`: the page and an excerpt in one file. */
import { answer } from "@daybook/cli/commands/View"
import { Report } from "@daybook/cli/json/View"
import { around } from "@daybook/cli/view/ReportPage"
import { verify } from "@daybook/ledger/Verify"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { CredentialId, GrantId } from "@daybook/pool/Ids"
import { type Embedded, embeddedId, workerId } from "@daybook/viewer/Wire"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Exit, Fiber, Option, Schema } from "effect"
import { hash } from "node:crypto"
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { runInNewContext } from "node:vm"
import { gunzipSync } from "node:zlib"
import { jsonOf, linesOf, tooWide, told } from "./support/Answers.ts"
import { eventsIn } from "./support/Ledger.ts"
import { head, placeOf, writePast } from "./support/Past.ts"
import { tempFolder } from "./support/TempFolder.ts"
import { uuid, write } from "./support/Written.ts"

interface Wanted {
  readonly since?: string
  readonly until?: string
  readonly credential?: ReadonlyArray<string>
}

const asked = (out: string, { credential = [], since, until }: Wanted = {}) => ({
  out: Option.some(out),
  at: Option.none(),
  credential,
  ledger: Option.none(),
  noOpen: false,
  port: Option.none(),
  since: Option.fromUndefinedOr(since),
  until: Option.fromUndefinedOr(until)
})

const past = Effect.tap(tempFolder, writePast)

const newFile = Effect.map(tempFolder, (folder) => join(folder, "report.html"))

/** Makes a report of a morning, and answers its text. */
const reported = Effect.fnUntraced(function* (home: string, wanted?: Wanted) {
  const out = yield* newFile
  const lines = yield* linesOf(answer(told(home), asked(out, wanted)))
  return { out, lines, html: readFileSync(out, "utf8") }
})

interface Element {
  readonly attributes: string
  readonly text: string
}

/** As HTML reads them: a script ends at the first end tag, whatever is in it. */
const elements = (html: string, name: "script" | "style"): ReadonlyArray<Element> =>
  Array.from(
    html.matchAll(new RegExp(`<${name}\\b([^>]*)>(.*?)</${name}`, "gis")),
    ([, attributes = "", text = ""]) => ({
      attributes,
      text
    })
  )

const scriptOf = (html: string, id: string): string =>
  elements(html, "script").find(({ attributes }) => attributes.includes(`id="${id}"`))?.text ?? ""

const embedded = (html: string): Embedded & { readonly text: string } => {
  const read: Embedded = JSON.parse(scriptOf(html, embeddedId))
  return { ...read, text: gunzipSync(Buffer.from(read.lines, "base64")).toString("latin1") }
}

describe("a report", () => {
  it.effect("holds a whole ledger of its own, and says of which it was made and how large it is", () =>
    Effect.gen(function* () {
      const home = yield* past
      const { html, lines, out } = yield* reported(home)
      const { about, text } = embedded(html)
      const folder = yield* tempFolder
      writeFileSync(join(folder, "ledger.jsonl"), text, "latin1")
      assert.deepInclude(yield* verify(folder), { isConsistent: true, events: about.head, firstBad: undefined })
      const [opened] = eventsIn(folder) as unknown as ReadonlyArray<{ readonly data: { readonly ledger: string } }>
      const [source] = eventsIn(home) as unknown as ReadonlyArray<{ readonly data: { readonly ledger: string } }>
      assert.deepStrictEqual(about, {
        ledger: opened?.data.ledger,
        name: `events 1 to ${head} of ledger ${source?.data.ledger}`,
        first: 1,
        head,
        isExcerpt: true,
        isFromElsewhere: true,
        unknown: 0
      } as typeof about)
      assert.match(
        lines[0] ?? "",
        new RegExp(`^${out}: [\\d.]+ kB, ${head} events, made of events 1 to ${head} of ${head}\\.$`)
      )
      assert.deepStrictEqual(tooWide(lines.slice(1)), [])
    })
  )

  it.effect("takes a range and some credentials, as an excerpt does", () =>
    Effect.gen(function* () {
      const home = yield* past
      const [since, until] = [placeOf("spare", "CooldownStarted"), placeOf("old", "CredentialRemoved")]
      const { html } = yield* reported(home, { since: `${since}`, until: `${until}`, credential: ["spare"] })
      const { about, text } = embedded(html)
      assert.include(about.name, `events ${since} to ${until} of ledger`)
      assert.include(text, "CooldownStarted")
      assert.notInclude(text, "RefreshStarted")
    })
  )

  it.effect("tells nothing of machines, people, folders and tokens", () =>
    Effect.gen(function* () {
      const home = yield* tempFolder
      const path = "/home/ada/vaults of gamma/auth.json"
      const message = `Request by ada@lovelace.example from ${hostname()} failed, see /home/ada/log`
      yield* write(home, [enrolledAt(path), refusedWith(message)])
      const { html } = yield* reported(home)
      const { about, text } = embedded(html)
      const said = (text + JSON.stringify(about)).replaceAll(/"(h|c|check|id)":"[^"]*"|fp_[\w-]{16}/g, "")
      for (const secret of ["ada", "Ada", "gamma", "lovelace", hostname(), "req_of_ada", home, tmpdir()]) {
        assert.notInclude(said, secret)
      }
      assert.notInclude(text, "fp_aaaa")
    })
  )

  it.effect("runs only its own scripts and style, and asks nobody for anything", () =>
    Effect.gen(function* () {
      const { html } = yield* reported(yield* past)
      const [, policy = ""] = /<meta http-equiv="content-security-policy" content="([^"]*)"/.exec(html) ?? []
      const executed = elements(html, "script").filter(({ attributes }) => !attributes.includes("type="))
      const styles = elements(html, "style")
      assert.deepStrictEqual([executed.length, styles.length], [1, 1])
      assert.deepStrictEqual(policy.split("; "), [
        "default-src 'none'",
        `script-src '${sum(executed[0]?.text ?? "")}' '${sum(scriptOf(html, workerId))}'`,
        `style-src '${sum(styles[0]?.text ?? "")}'`,
        "worker-src blob:",
        "connect-src 'none'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types daybook"
      ])
      assert.isBelow(html.indexOf("content-security-policy"), html.search(/<(style|script|link)/))
      const markup = html.replaceAll(/<(script|style)\b[^>]*>.*?<\/\1>/gis, "")
      assert.notMatch(markup, /\bsrc=|https?:|\/\/|href="(?!data:,")/)
      assert.isAbove(scriptOf(html, workerId).length, 20)
    })
  )

  it.effect("is for its owner alone, in a new file, and leaves nothing else", () =>
    Effect.gen(function* () {
      const home = yield* past
      const folder = yield* ownTempFolder
      const { html, out } = yield* reported(home)
      assert.strictEqual(statSync(out).mode & 0o777, 0o600)
      const failure = yield* Effect.flip(answer(told(home), asked(out)))
      assert.include(String(Object(failure).message), `${out} is there already.`)
      assert.strictEqual(readFileSync(out, "utf8"), html)
      assert.deepStrictEqual(
        readdirSync(folder).filter((name) => name.startsWith("daybook-report-")),
        []
      )
    })
  )

  it.effect("is not there if it could not be made to its end", () =>
    Effect.gen(function* () {
      const home = yield* past
      const out = yield* newFile
      assert.isTrue(Exit.isFailure(yield* Effect.exit(answer(told(home), asked(out, { credential: ["nobody"] })))))
      assert.isFalse(existsSync(out))
      const broken = yield* Effect.forkChild(answer(told(home), asked(out)))
      while (!existsSync(out)) yield* Effect.yieldNow
      yield* Fiber.interrupt(broken)
      assert.isFalse(existsSync(out))
    })
  )

  it.effect("says of a damaged ledger as of which event it is whole, and where no path is named", () =>
    Effect.gen(function* () {
      const home = yield* past
      const file = join(home, "ledger.jsonl")
      writeFileSync(file, readFileSync(file, "latin1").replace("RateLimited", "RateLimitef"), "latin1")
      const { about } = embedded((yield* reported(home)).html)
      const last = placeOf("spare", "CooldownStarted") - 1
      assert.strictEqual(about.damage, `The ledger that this was made of is damaged behind event ${last}.`)
      assert.strictEqual(about.head, last)
      const before = yield* reported(home, { until: `${last - 1}` })
      assert.isUndefined(embedded(before.html).about.damage)
    })
  )

  it.effect("answers in JSON what is in it", () =>
    Effect.gen(function* () {
      const out = yield* newFile
      const json = yield* jsonOf(answer(told(yield* past, true), asked(out)))
      assert.deepInclude(json, { file: out, bytes: statSync(out).size, events: head, leftOut: 0 })
      assert.isTrue(Schema.is(Report)(Schema.decodeUnknownSync(Report)(json)))
    })
  )

  it("holds in its own element whatever a program, a style or a name says", () => {
    const about = {
      ledger: "x",
      first: 1,
      head: 1,
      at: undefined,
      damage: "</script><!--<script>",
      isExcerpt: true,
      isFromElsewhere: true,
      unknown: 0
    }
    const html = `<html><head><meta charset="utf-8" /><link rel="stylesheet" href="page.css" /></head><body><script src="app.js"></script></body></html>`
    const app = 'said = ["</script><!--<script>", /<\\/script>/.source, `</SCRIPT>`, "$&$1"]'
    const [before, after] = around(
      { html, css: "p::after { content: '</style>' }", app, worker: app },
      { ...about, name: "</script>$&" }
    )
    const page = `${before}AAAA${after}`
    const [data, worker, program, ...others] = elements(page, "script")
    assert.deepStrictEqual(others, [])
    assert.deepInclude(JSON.parse(data?.text ?? ""), {
      lines: "AAAA",
      about: { ...JSON.parse(JSON.stringify(about)), name: "</script>$&" }
    })
    for (const element of [worker, program]) {
      const room: { said?: ReadonlyArray<string> } = {}
      runInNewContext(element?.text ?? "", room)
      assert.deepStrictEqual([...(room.said ?? [])], ["</script><!--<script>", "<\\/script>", "</SCRIPT>", "$&$1"])
    }
    assert.notMatch(page, /<!--/)
    assert.strictEqual(elements(page, "style")[0]?.text, "p::after { content: '<\\/style>' }")
  })
})

const sum = (text: string): string => `sha256-${hash("sha256", text, "base64")}`

/** Where programs keep what they do not need for long. */
const ownTempFolder = Effect.tap(tempFolder, (folder) =>
  Effect.acquireRelease(
    Effect.sync(() => vi.stubEnv("TMPDIR", folder)),
    () => Effect.sync(() => vi.unstubAllEnvs())
  )
)

const enrolledAt = (path: string) =>
  ({
    by: "worker",
    event: {
      type: "CredentialEnrolled",
      v: 1,
      credential: CredentialId.make("main"),
      data: {
        provider: "openai-codex",
        kind: "oauth",
        grant: GrantId.make(uuid(9, 1)),
        label: "Ada's plan",
        priority: 0,
        source: "manual",
        ownership: "owned",
        store: { kind: "hermes", path, slot: "main" }
      }
    }
  }) as const

const refusedWith = (message: string) =>
  ({
    by: "worker",
    event: {
      type: "ApiOutcomeObserved",
      v: 1,
      credential: CredentialId.make("main"),
      data: {
        generation: { access: Fingerprint.make("fp_aaaaaaaaaaaaaaaa") },
        accepted: false,
        count: 1,
        evidence: { status: 401, code: "token_expired", message, requestId: "req_of_ada", left: true }
      }
    }
  }) as const
