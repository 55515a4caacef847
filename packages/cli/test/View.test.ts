/** `daybook view`: who gets in, and what the page is told. */
import { paths } from "@daybook/viewer/Wire"
import * as History from "@daybook/cli/History"
import * as Shown from "@daybook/cli/view/Shown"
import { Keys } from "@daybook/cli/view/Keys"
import { listen as listenOn } from "@daybook/cli/view/Listener"
import { routes } from "@daybook/cli/view/Routes"
import * as Server from "@daybook/cli/view/Server"
import * as Ledger from "@daybook/ledger/Ledger"
import * as FileLedger from "@daybook/ledger/FileLedger"
import { repair } from "@daybook/ledger/Repair"
import { Seq } from "@daybook/pool/Ids"
import * as StateSnapshot from "@daybook/pool/StateSnapshot"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Option, Queue } from "effect"
import { TestClock } from "effect/testing"
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { type AddressInfo, createServer, type Server as Net } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { told } from "./support/Answers.ts"
import { daybook, hasTrace, launch } from "./support/Cli.ts"
import { head, placeOf, timeOf, writePast } from "./support/Past.ts"
import { snapshot, tempFolder } from "./support/TempFolder.ts"
import { cookieOf, listen, type Message, visit, type Visited } from "./support/Visit.ts"

const site = { html: "<p>page</p>", css: "p {}", app: "app()", worker: "work()" }

const past = Effect.tap(tempFolder, writePast)

/** A server on a ledger, and a browser that has been let in. */
const served = Effect.fnUntraced(function* (home: string, at?: string) {
  const history = yield* History.open(told(home), { at: Option.fromUndefinedOr(at) })
  const asked = { isUpTo: at !== undefined, isFromElsewhere: false, again: "daybook view" }
  const { newAddress, port } = yield* Server.open(site, yield* Shown.make(history, asked), 0)
  const entered = yield* visit(port, pathOf(newAddress()))
  const cookie = cookieOf(entered)
  const room = roomOf(entered)
  const get = (path: string, headers: Record<string, string> = {}) =>
    visit(port, `${room}${path}`, { headers: { cookie, ...headers } })
  return { cookie, get, newAddress, port, room }
})

const pathOf = (address: string): string => address.slice(address.indexOf("/", "http://".length))

/** The folder of the page, without the slash at its end. */
const roomOf = ({ headers }: Visited): string => headers.location?.replace(/\/$/, "") ?? ""

const linesIn = (home: string): ReadonlyArray<string> =>
  readFileSync(join(home, "ledger.jsonl"), "latin1").split("\n").slice(0, -1)

describe("who gets in to the page", () => {
  it.effect("is whoever brings the token of the address: for a cookie, once", () =>
    Effect.gen(function* () {
      const { cookie, get, newAddress, port } = yield* served(yield* past)
      const address = newAddress()
      assert.match(address, new RegExp(`^http://127\\.0\\.0\\.1:${port}/\\?token=[\\w-]{43}$`))
      const first = yield* visit(port, pathOf(address))
      assert.strictEqual(first.status, 303)
      assert.match(first.headers.location ?? "", /^\/[\w-]{43}\/$/)
      const [set = ""] = first.headers["set-cookie"] ?? []
      assert.match(
        set,
        new RegExp(`^daybook-view-${port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=${first.headers.location}$`)
      )
      const second = yield* visit(port, pathOf(address))
      assert.strictEqual(second.status, 403)
      assert.isUndefined(second.headers["set-cookie"])
      assert.include(second.body, "press Enter")
      // The browser that has the cookie may load the page again and again.
      for (const _ of [1, 2]) assert.strictEqual((yield* get("/")).body, site.html)
      assert.notInclude(address, cookie.split("=")[1] ?? "-")
    })
  )

  it.effect("is nobody by an address that a newer one has replaced", () =>
    Effect.gen(function* () {
      const { newAddress, port } = yield* served(yield* past)
      const [older, newer] = [newAddress(), newAddress()]
      assert.strictEqual((yield* visit(port, pathOf(older))).status, 403)
      assert.strictEqual((yield* visit(port, pathOf(newer))).status, 303)
    })
  )

  it.effect("is nobody who only looks whether the address is there", () =>
    Effect.gen(function* () {
      const { newAddress, port } = yield* served(yield* past)
      const path = pathOf(newAddress())
      assert.strictEqual((yield* visit(port, path, { method: "HEAD" })).status, 403)
      assert.strictEqual((yield* visit(port, path)).status, 303)
    })
  )

  it.effect("is a browser whose first step came from a file or another page, by a page of ours", () =>
    Effect.gen(function* () {
      const { newAddress, port } = yield* served(yield* past)
      const headers = { "sec-fetch-site": "cross-site" }
      const entered = yield* visit(port, pathOf(newAddress()), { headers })
      assert.strictEqual(entered.status, 200)
      assert.match(String(entered.headers["refresh"]), /^0; url=\/[\w-]{43}\/$/)
      assert.notStrictEqual(cookieOf(entered), "")
    })
  )

  it.effect("is told the same, and nothing else, whatever was asked for and whatever is missing", () =>
    Effect.gen(function* () {
      const { cookie, newAddress, port, room } = yield* served(yield* past)
      newAddress()
      const own = `http://127.0.0.1:${port}`
      const strangers: ReadonlyArray<readonly [path: string, headers: Record<string, string>, method?: string]> = [
        ["/", {}],
        [`/?token=${"a".repeat(43)}`, {}],
        ["/?token=", {}],
        [paths.about, {}],
        ["/nothing", {}],
        ["/", {}, "POST"],
        ["/", { cookie: `${cookie.slice(0, -1)}_` }],
        ["/", { cookie: cookie.replace(`${port}`, `${port + 1}`) }],
        ["/", { cookie, host: `localhost:${port}` }],
        ["/", { cookie, host: `rebound.example:${port}` }],
        ["/", { cookie, host: "127.0.0.1" }],
        [paths.about, { cookie, origin: "http://evil.example" }],
        [paths.about, { cookie, origin: `http://127.0.0.1:${port + 1}` }],
        [paths.about, { cookie, origin: "null" }],
        [paths.live, { cookie, "sec-fetch-site": "cross-site" }],
        [paths.live, { cookie, "sec-fetch-site": "same-site" }],
        ["/", { cookie, origin: "http://evil.example" }, "POST"]
      ]
      const all = [
        ...strangers.map(([path, ...rest]) => [`${room}${path}`, ...rest] as const),
        // Where the page is has not been told to anybody.
        ...strangers,
        ["/", { cookie }] as const,
        [paths.about, { cookie }] as const,
        [`${room.replace(/.$/, "_")}${paths.about}`, { cookie }] as const
      ]
      const answers = yield* Effect.forEach(all, ([path, headers, method = "GET"]) =>
        visit(port, path, { headers, method })
      )
      for (const [index, { body, status }] of answers.entries()) {
        assert.strictEqual(status, 403, JSON.stringify(all[index]))
        assert.strictEqual(body, answers[0]?.body)
      }
      for (const headers of [{ origin: own }, { "sec-fetch-site": "same-origin" }, { "sec-fetch-site": "none" }]) {
        assert.strictEqual(
          (yield* visit(port, `${room}${paths.about}`, { headers: { cookie, ...headers } })).status,
          200
        )
      }
    })
  )

  it.effect("is a browser on the port that browsers leave out of an address", () =>
    Effect.gen(function* () {
      const shown = yield* Shown.make(yield* History.open(told(yield* past), { at: Option.none() }), {
        isUpTo: false,
        isFromElsewhere: false,
        again: "daybook view"
      })
      const keys = new Keys(80)
      const { port, serve } = yield* listenOn(0)
      serve(routes(site, shown, keys, 80))
      const host = "127.0.0.1"
      const entered = yield* visit(port, `/?token=${keys.newToken()}`, { headers: { host } })
      assert.strictEqual(entered.status, 303)
      const headers = { host, cookie: cookieOf(entered), origin: "http://127.0.0.1" }
      assert.strictEqual((yield* visit(port, `${roomOf(entered)}${paths.about}`, { headers })).status, 200)
    })
  )

  it.effect("may only read, and only what is there", () =>
    Effect.gen(function* () {
      const { cookie, get, port, room } = yield* served(yield* past)
      for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
        const answer = yield* visit(port, `${room}/`, { method, headers: { cookie } })
        assert.deepStrictEqual([answer.status, answer.headers.allow], [405, "GET, HEAD"], method)
      }
      for (const path of ["//etc/passwd", "/ledger.jsonl", "/..%2f..%2fetc/passwd", "/api", "/page/"]) {
        assert.strictEqual((yield* get(path)).status, 404, path)
      }
      for (const path of ["/..", "/../../etc/passwd", "/%2e%2e/ledger.jsonl"]) {
        assert.strictEqual((yield* get(path)).status, 403, path)
      }
      assert.deepStrictEqual(
        yield* Effect.forEach(["/page.css", "/app.js", "/worker.js"], (path) =>
          Effect.map(get(path), ({ body }) => body)
        ),
        [site.css, site.app, site.worker]
      )
      const looked = yield* visit(port, `${room}/app.js`, { method: "HEAD", headers: { cookie } })
      assert.deepStrictEqual([looked.status, looked.headers["content-length"], looked.body], [200, "5", ""])
    })
  )

  it.effect("gets every answer under the same strict headers", () =>
    Effect.gen(function* () {
      const { get, newAddress, port } = yield* served(yield* past)
      const answers = [
        yield* visit(port, pathOf(newAddress())),
        yield* visit(port, "/"),
        ...(yield* Effect.forEach(
          ["/", "/app.js", "/nothing", paths.about, `${paths.lines}?from=1`, `${paths.lines}?from=x`],
          (path) => get(path)
        ))
      ]
      for (const { headers } of answers) {
        assert.deepInclude(headers, {
          "x-content-type-options": "nosniff",
          "referrer-policy": "no-referrer",
          "cross-origin-resource-policy": "same-origin",
          "cross-origin-opener-policy": "same-origin",
          "cache-control": "no-store"
        })
        const policy = String(headers["content-security-policy"]).split("; ")
        assert.includeMembers(policy, [
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
          "trusted-types daybook"
        ])
        assert.notMatch(policy.join(), /unsafe|\*|https?:/)
        assert.isUndefined(headers["access-control-allow-origin"])
      }
    })
  )
})

describe("what the page is told", () => {
  it.effect("is which ledger this is and how far it goes", () =>
    Effect.gen(function* () {
      const home = yield* past
      const { get } = yield* served(home)
      const { data } = JSON.parse(linesIn(home)[0] ?? "")
      const about = {
        ledger: data.ledger,
        name: home,
        first: 1,
        head,
        isExcerpt: false,
        again: "daybook view",
        isFromElsewhere: false,
        unknown: 0
      }
      assert.deepStrictEqual(JSON.parse((yield* get(paths.about)).body), about)
    })
  )

  it.effect("are lines as they stand in the ledger, byte for byte: all, a range, some types, some names", () =>
    Effect.gen(function* () {
      const home = yield* past
      const { get } = yield* served(home)
      const all = linesIn(home)
      const linesOf = (query: string) =>
        Effect.map(get(`${paths.lines}?${query}`), ({ body }) => body.split("\n").slice(0, -1))
      assert.strictEqual((yield* get(paths.lines)).body, readFileSync(join(home, "ledger.jsonl"), "latin1"))
      assert.deepStrictEqual(yield* linesOf("from=3&to=7"), all.slice(2, 7))
      assert.deepStrictEqual(yield* linesOf("from=5&to=999999"), all.slice(4))
      assert.deepStrictEqual(yield* linesOf("from=99999"), [])
      const typed = all.filter((line) => /"type":"(RefreshStarted|CooldownStarted)"/.test(line))
      assert.isAbove(typed.length, 2)
      assert.deepStrictEqual(yield* linesOf("types=RefreshStarted,CooldownStarted"), typed)
      const named = all.filter((line) => line.includes("fp_rtmain2") || line.includes('"work"'))
      assert.deepStrictEqual(yield* linesOf(`names=fp_rtmain2&names=${encodeURIComponent('"work"')}`), named)
    })
  )

  it.effect("are states as of any event, as the fold has them", () =>
    Effect.gen(function* () {
      const home = yield* past
      const { get } = yield* served(home)
      const layer = FileLedger.layer({ folder: home, program: "test", version: "1", readOnly: true })
      const ledger = Context.get(yield* Layer.build(layer), Ledger.Ledger)
      for (const seq of [0, 1, placeOf("main", "RefreshSucceeded"), head]) {
        const { body, status } = yield* get(`${paths.state}?seq=${seq}`)
        assert.strictEqual(status, 200)
        assert.deepStrictEqual(
          Option.getOrThrow(StateSnapshot.decode(body)),
          yield* ledger.asOf({ seq: Seq.make(seq) })
        )
      }
    })
  )

  it.effect("is in a sentence what it asked for wrongly", () =>
    Effect.gen(function* () {
      const { get } = yield* served(yield* past)
      const wrong: ReadonlyArray<readonly [string, string]> = [
        [paths.state, "seq is missing: give the number of an event."],
        [`${paths.state}?seq=-1`, "seq=-1: that is no number of an event."],
        [`${paths.state}?seq=${head + 1}`, `seq=${head + 1}: the last event is ${head}.`],
        [`${paths.lines}?from=0`, "from=0: that is no number of an event."],
        [`${paths.lines}?from=1e3`, "from=1e3: that is no number of an event."],
        [`${paths.lines}?from=1&to=9999999999999999`, "to=9999999999999999: that is no number of an event."],
        [`${paths.lines}?from=9&to=8`, "from=9 is behind to=8. Name the earlier event first."],
        [`${paths.live}?after=%3Cscript%3E`, "after=<script>: that is no number of an event."]
      ]
      for (const [path, sentence] of wrong) {
        const { body, headers, status } = yield* get(path)
        assert.deepStrictEqual(
          [status, body, headers["content-type"]],
          [400, `${sentence}\n`, "text/plain; charset=utf-8"]
        )
      }
    })
  )

  it.effect("is nothing behind the moment that was asked for", () =>
    Effect.gen(function* () {
      const home = yield* past
      const place = placeOf("main", "RefreshSucceeded")
      const { cookie, get, port, room } = yield* served(home, `${place}`)
      const about = JSON.parse((yield* get(paths.about)).body)
      assert.deepInclude(about, { head: place, at: timeOf("main", "RefreshSucceeded") })
      assert.strictEqual((yield* get(`${paths.lines}?from=1`)).body.split("\n").length - 1, place)
      assert.strictEqual((yield* get(`${paths.state}?seq=${place + 1}`)).status, 400)
      const messages = yield* listen(port, `${room}${paths.live}?after=0`, { cookie })
      yield* appendMore(home, 1)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* Queue.size(messages), 0)
    })
  )

  it.effect("is where a damaged ledger ends, and all that stands before", () =>
    Effect.gen(function* () {
      const home = yield* past
      const place = damage(home)
      const { cookie, get, port, room } = yield* served(home)
      const about = JSON.parse((yield* get(paths.about)).body)
      assert.strictEqual(about.head, place - 1)
      assert.include(about.damage, `line ${place}`)
      assert.strictEqual(
        (yield* get(paths.lines)).body,
        linesIn(home)
          .slice(0, place - 1)
          .map((line) => `${line}\n`)
          .join("")
      )
      assert.strictEqual((yield* get(`${paths.state}?seq=${place - 1}`)).status, 200)
      const messages = yield* listen(port, `${room}${paths.live}?after=${place - 2}`, { cookie })
      assert.deepInclude(yield* Queue.take(messages), { event: "lines", id: `${place - 1}` })
      assert.deepStrictEqual(yield* Queue.take(messages), {
        event: "damage",
        id: `${place - 1}`,
        lines: [about.damage]
      })
    })
  )

  it.effect("is what comes when a damaged ledger was repaired, and its damage only once", () =>
    Effect.gen(function* () {
      const home = yield* past
      const place = damage(home)
      const { cookie, port, room } = yield* served(home)
      const messages = yield* listen(port, `${room}${paths.live}?after=${place - 1}`, { cookie })
      assert.strictEqual((yield* Queue.take(messages)).event, "damage")
      yield* TestClock.adjust("2 seconds")
      assert.isTrue((yield* repair({ folder: home, program: "repair", version: "1" })).isDone)
      const took = yield* Queue.take(messages).pipe(Effect.raceFirst(Effect.forever(TestClock.adjust("2 seconds"))))
      assert.strictEqual(took.event, "lines")
    })
  )

  it.effect("is the same of a copy without its key, in which nothing is changed by looking", () =>
    Effect.gen(function* () {
      const home = yield* past
      const copy = join(yield* tempFolder, "copy")
      mkdirSync(copy)
      writeFileSync(join(copy, "ledger.jsonl"), readFileSync(join(home, "ledger.jsonl")))
      const before = snapshot(copy)
      const { get } = yield* served(copy)
      assert.strictEqual((yield* get(paths.lines)).body, readFileSync(join(home, "ledger.jsonl"), "latin1"))
      assert.strictEqual((yield* get(`${paths.state}?seq=${head}`)).status, 200)
      assert.deepStrictEqual(snapshot(copy), before)
    })
  )

  it.effect("is what another process appends, none missed and none twice, however often it comes again", () =>
    Effect.gen(function* () {
      const home = yield* past
      const { cookie, port, room } = yield* served(home)
      const steady = yield* listen(port, `${room}${paths.live}?after=3`, { cookie })
      const appending = appendMore(home, 60)
      const last = head + 61
      const [all, again] = yield* Effect.all(
        [untilSeq(steady, last), comingAgain({ port, cookie, room }, 3, last), appending],
        {
          concurrency: "unbounded"
        }
      )
      assert.deepStrictEqual(all, linesIn(home).slice(3))
      assert.deepStrictEqual(again, all)
    })
  )
})

/** Changes a letter in the middle of a line; answers which. */
const damage = (home: string): number => {
  const place = placeOf("spare", "CooldownStarted")
  const lines = linesIn(home)
  const changed = lines.with(place - 1, (lines[place - 1] ?? "").replace("RateLimited", "RateLimitef"))
  writeFileSync(join(home, "ledger.jsonl"), changed.map((line) => `${line}\n`).join(""), "latin1")
  return place
}

/** By a process of its own, which joins first. */
const appendMore = (home: string, count: number) =>
  Effect.promise(async () => {
    const script = fileURLToPath(new URL("support/appender.ts", import.meta.url))
    const [code] = await once(spawn(process.execPath, [script, home, `${count}`], { stdio: "inherit" }), "exit")
    assert.strictEqual(code, 0)
  })

const untilSeq = Effect.fnUntraced(function* (messages: Queue.Dequeue<Message>, last: number) {
  const lines: Array<string> = []
  for (let id = 0; id < last;) {
    const message = yield* Queue.take(messages)
    assert.strictEqual(message.event, "lines")
    lines.push(...message.lines)
    id = Number(message.id)
  }
  return lines
})

/** Goes away after each message, and comes back as a browser does: with the number of the last one, by the old address. */
const comingAgain = Effect.fnUntraced(function* (
  { cookie, port, room }: { readonly port: number; readonly cookie: string; readonly room: string },
  after: number,
  last: number
) {
  const lines: Array<string> = []
  for (let id = after; id < last;) {
    const headers = id === after ? { cookie } : { cookie, "last-event-id": `${id}` }
    const message = yield* Effect.scoped(
      Effect.flatMap(listen(port, `${room}${paths.live}?after=${after}`, headers), Queue.take)
    )
    lines.push(...message.lines)
    id = Number(message.id)
  }
  return lines
})

describe("the command", () => {
  it.live("prints the address, shows no token to ps, and ends with Ctrl-C though the page listens", () =>
    Effect.gen(function* () {
      const user = yield* tempFolder
      const child = launch(["view", "--ledger", examples], { user })
      const gone = once(child, "exit")
      const address = yield* firstLineOf(child)
      const port = Number(new URL(address).port)
      const token = new URL(address).searchParams.get("token") ?? "-"
      assert.notInclude(execFileSync("ps", ["-e", "-o", "args"], { encoding: "utf8" }), token)
      const entered = yield* visit(port, pathOf(address))
      const [cookie, room] = [cookieOf(entered), roomOf(entered)]
      const messages = yield* listen(port, `${room}${paths.live}?after=0`, { cookie })
      yield* Queue.take(messages)
      child.kill("SIGINT")
      assert.deepStrictEqual(yield* Effect.promise(() => gone), [130, null])
    })
  )

  it.live("hands the address to a browser in a file, and gives another at Enter", () =>
    Effect.gen(function* () {
      const user = yield* tempFolder
      const handed = yield* openerIn(user)
      const child = yield* atTerminal(user, ["view", "--ledger", examples])
      const first = yield* child.nextAddress
      const { args, page } = yield* Queue.take(handed)
      assert.match(args.join(" "), /^file:\/\/\S+\/open\.html$/)
      const file = fileURLToPath(args[0] ?? "")
      assert.strictEqual(statSync(file).mode & 0o777, 0o600)
      assert.include(page, `content="0; url=${first}"`)
      child.type("\n")
      const second = yield* child.nextAddress
      const port = Number(new URL(first).port)
      assert.strictEqual((yield* visit(port, pathOf(first))).status, 403)
      assert.strictEqual((yield* visit(port, pathOf(second))).status, 303)
      child.type("\u0003")
      assert.strictEqual(yield* child.ended, 130)
      assert.isFalse(existsSync(file))
    })
  )

  it.live("says in a sentence what is wrong with its flags, its port or its ledger", () =>
    Effect.gen(function* () {
      const user = yield* tempFolder
      const taken = portOf(yield* listening)
      const wrong: ReadonlyArray<readonly [args: ReadonlyArray<string>, code: number, said: string]> = [
        [["--port", `${taken}`, "--ledger", examples], 1, `Port ${taken} of this machine is in use.`],
        [["--port", "70000"], 2, "70000"],
        [["--ledger", join(user, "none")], 1, `There is no ledger in ${join(user, "none")}.`],
        [["--since", "1"], 2, "--since: of a report only."],
        [["--out", "x.html", "--at", "3"], 2, "--at is of a page that is served."]
      ]
      const ran = yield* Effect.forEach(wrong, ([args]) => daybook(["view", ...args], { user }), { concurrency: 2 })
      for (const [index, result] of ran.entries()) {
        const [, code, said] = wrong[index] ?? [[], -1, ""]
        assert.strictEqual(result.code, code, result.stderr)
        assert.include(result.stderr, said)
        assert.isFalse(hasTrace(result))
      }
    })
  )
})

const examples = fileURLToPath(new URL("../../../examples/ledgers/a-bad-afternoon", import.meta.url))

interface Handed {
  readonly args: ReadonlyArray<string>
  readonly page: string
}

/** A program that opens addresses, in a folder of programs: it tells the test what it was given. */
const openerIn = Effect.fnUntraced(function* (folder: string) {
  const handed = yield* Queue.unbounded<Handed>()
  const server = yield* listening
  server.on("connection", (socket) => {
    let text = ""
    socket.setEncoding("utf8").on("data", (more: string) => (text += more))
    socket.once("end", () => Queue.offerUnsafe(handed, JSON.parse(text)))
  })
  const program = `#!${process.execPath}
const args = process.argv.slice(2)
const page = process.getBuiltinModule("fs").readFileSync(new URL(args[0]), "utf8")
process.getBuiltinModule("net").connect(${portOf(server)}, "127.0.0.1").end(JSON.stringify({ args, page }))
`
  writeFileSync(join(folder, "xdg-open"), program, { mode: 0o700 })
  return handed
})

/** The command on a terminal of its own, with somebody at the keyboard. */
const atTerminal = Effect.fnUntraced(function* (user: string, args: ReadonlyArray<string>) {
  const wrapper = ["python3", "-c", "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"]
  const env = { DISPLAY: ":0", PATH: `${user}:${process.env["PATH"]}` }
  const child = launch(args, { user, wrapper, env, talks: true })
  yield* Effect.addFinalizer(() => Effect.sync(() => child.kill("SIGKILL")))
  const exit = once(child, "exit")
  const addresses = yield* Queue.unbounded<string>()
  let text = ""
  child.stdout?.setEncoding("utf8").on("data", (more: string) => {
    const lines = `${text}${more}`.split("\r\n")
    text = lines.pop() ?? ""
    for (const line of lines) if (line.includes("?token=")) Queue.offerUnsafe(addresses, line)
  })
  return {
    nextAddress: Queue.take(addresses),
    type: (keys: string) => void child.stdin?.write(keys),
    ended: Effect.promise(() => exit.then(([code]: Array<number | null>) => code))
  }
})

const firstLineOf = (child: ReturnType<typeof launch>) =>
  Effect.callback<string>((resume) => {
    let text = ""
    child.stdout?.setEncoding("utf8").on("data", (more: string) => {
      text += more
      if (text.includes("\n")) resume(Effect.succeed(text.split("\n")[0] ?? ""))
    })
    child.once("exit", () => resume(Effect.die("it ended before it said where the page is")))
  })

const listening = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1")
    await once(server, "listening")
    return server
  }),
  (server) => Effect.sync(() => server.close())
)

const portOf = (server: Net): number => (server.address() as AddressInfo).port
