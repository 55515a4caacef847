/** `daybook corpus`: recorded answers held to their verdicts, as a function of a file's text and as a process on real files. */
import { checkText } from "@daybook/cli/CheckCorpus"
import { corpusJson } from "@daybook/cli/json/Corpus"
import { corpusLines, unusableLines } from "@daybook/cli/render/CorpusLines"
import { plain } from "@daybook/cli/render/Paint"
import { classifierVersion } from "@daybook/oauth/Rules"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { daybook, hasTrace } from "./support/Cli.ts"
import { noise } from "./support/Noise.ts"
import { snapshot, tempFolder } from "./support/TempFolder.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 60_000 })

const ours = fileURLToPath(new URL("../../oauth/test/corpus.jsonl", import.meta.url))

const dead = { status: 400, headers: {}, body: `{"error":"invalid_grant"}` }
const right = {
  id: "right",
  surface: "token",
  provider: "nous",
  response: dead,
  expect: { verdict: "Terminal", reason: "Revoked", confirm: true }
}
const row = (change: object = {}): string => JSON.stringify({ ...right, ...change })
const wrong = row({ id: "wrong-1", expect: { verdict: "Terminal", reason: "Expired", confirm: true } })

const lines = (...rows: ReadonlyArray<string>): string => rows.map((row) => `${row}\n`).join("")
const checked = (text: string) => checkText("/c.jsonl", text)
const shown = (...rows: ReadonlyArray<string>) => corpusLines([checked(lines(...rows))], plain)
const refused = (text: string) => unusableLines([checked(text)])

describe("a file of recorded answers", () => {
  it("is counted", () => {
    assert.deepStrictEqual(shown(row(), row()), ["/c.jsonl: 2 of 2 right"])
    assert.deepStrictEqual(refused(lines(row(), row())), [])
  })

  it("may have blank lines, which count where lines are numbered", () => {
    const text = `\n  \n${row()}\n\r\n\t\n${wrong}\n\n`
    assert.deepStrictEqual(refused(text), [])
    assert.deepStrictEqual(
      checked(text).wrong.map(({ line, row }) => [line, row.id]),
      [[6, "wrong-1"]]
    )
  })

  it.each([
    ["CRLF at the ends of its lines", `${row()}\r\n${row()}\r\n`],
    ["no end of line behind the last", `${row()}\n${row()}`],
    ["a byte order mark", `\uFEFF${row()}\n${row()}\n`],
    ["a byte order mark and a blank line", `\uFEFF\r\n${row()}\r\n${row()}\r\n`],
    ["blanks around an object", ` ${row()}\t\n  ${row()}  \n`]
  ])("may have %s", (_, text) => {
    assert.deepInclude(checked(text), { rows: 2, wrong: [], unusable: [] })
  })

  it("may hold a body of 2 MiB, of which status and headers alone count", () => {
    const response = { status: 429, headers: { "Retry-After": "5" }, body: "x".repeat(2 * 1024 * 1024) }
    const expect = { verdict: "Transient", reason: "RateLimited", until: "+5s" }
    assert.deepInclude(checked(row({ response, expect })), { rows: 1, wrong: [] })
  })

  it("may speak of a provider that nobody has defined, who is judged by the common rules", () =>
    assert.deepInclude(checked(lines(row({ provider: "acme" }), row({ provider: "no id of ours" }))), {
      rows: 2,
      wrong: []
    }))

  it("is judged by the own rules of a provider that is defined", () => {
    const response = { status: 401, headers: {}, body: `{"error":"app_session_terminated"}` }
    const change = { response, expect: { verdict: "Terminal", reason: "Revoked", confirm: true } }
    const [codex, acme] = ["openai-codex", "acme"].map((provider) => checked(row({ ...change, provider })).wrong.length)
    assert.deepStrictEqual([codex, acme], [0, 1])
  })
})

describe("another verdict than expected", () => {
  it("is shown with file, line, id, provider, surface, rule, field, and both values", () =>
    assert.deepStrictEqual(shown(row(), wrong), [
      "/c.jsonl, line 2: wrong-1 (nous, token), rule codes/invalid_grant",
      "  reason     expected Expired, got Revoked",
      "/c.jsonl: 1 of 2 right"
    ]))

  it("is shown in each field that differs", () =>
    assert.deepStrictEqual(
      shown(row({ id: "all", expect: { verdict: "RateLimited", reason: "x", successor: true } })),
      [
        "/c.jsonl, line 1: all (nous, token), rule codes/invalid_grant",
        "  verdict    expected RateLimited, got Terminal",
        "  confirm    expected false, got true",
        "  reason     expected x, got Revoked",
        "  successor  expected true, got false",
        "/c.jsonl: 0 of 1 right"
      ]
    ))

  it("may be a time that was not expected, or one that was not said", () => {
    const limited = { surface: "api", now: "2026-01-01T00:00:00Z" }
    const said = { status: 429, headers: { "retry-after": "5" }, body: "" }
    const silent = { ...said, headers: {} }
    const [, unexpected, , missing] = shown(
      row({ ...limited, response: said, expect: { verdict: "RateLimited" } }),
      row({ ...limited, response: silent, expect: { verdict: "RateLimited", until: "+5s" } })
    )
    assert.strictEqual(unexpected, "  until      expected none, got 2026-01-01T00:00:05.000Z")
    assert.strictEqual(missing, "  until      expected 2026-01-01T00:00:05.000Z, got none")
  })

  it("of an answer that is taken as a success names no rule", () => {
    const response = { status: 200, headers: {}, body: `{"access_token":"at-secret"}` }
    assert.deepStrictEqual(shown(row({ id: "fine", response, expect: { verdict: "Terminal" } })).slice(0, 2), [
      "/c.jsonl, line 1: fine (nous, token), taken as a success",
      "  verdict    expected Terminal, got Success"
    ])
  })

  it("shows nothing of the answer", () => {
    const response = {
      ...dead,
      body: `{"error":"invalid_grant","error_description":"ada@example.com said body-secret"}`
    }
    const text = shown(row({ response, expect: { verdict: "Transient" }, note: "note-secret" })).join("\n")
    for (const secret of ["ada@example.com", "body-secret", "note-secret"]) assert.notInclude(text, secret)
  })
})

describe("a line that is no recorded answer", () => {
  it.each([
    ["no JSON", "echo-secret {", "it is no JSON"],
    ["JSON cut short", `{"id":"echo-secret"`, "it is no JSON"],
    ["an array", `["echo-secret"]`, "expected object"],
    ["a text", `"echo-secret"`, "expected object"],
    ["null", "null", "expected object"],
    ["an empty object", "{}", "id: missing key"],
    ["no surface", row({ surface: undefined }), "surface: missing key"],
    ["no expectation", row({ expect: undefined }), "expect: missing key"],
    ["no verdict", row({ expect: { reason: "echo-secret" } }), "expect.verdict: missing key"],
    ["a number as its id", row({ id: 42_424_242 }), "id: expected string"],
    ["an unknown surface", row({ surface: "echo-secret" }), `surface: expected "token" | "api"`],
    ["an unknown kind", row({ kind: "echo-secret" }), `kind: expected "oauth" | "apiKey"`],
    ["a text as status", row({ response: { ...dead, status: "echo-secret" } }), "response.status: expected number"],
    [
      "a status out of range",
      row({ response: { ...dead, status: 42_424_242 } }),
      "response.status: expected a value between"
    ],
    [
      "a header twice",
      row({ response: { ...dead, headers: { x: ["echo-secret"] } } }),
      "response.headers.x: expected string"
    ],
    ["a body as JSON", row({ response: { ...dead, body: { x: "echo-secret" } } }), "response.body: expected string"],
    ["an answer and a fault", row({ fault: "dns" }), "expected a response or a fault, and one of them only"],
    ["neither answer nor fault", row({ response: undefined }), "expected a response or a fault, and one of them only"],
    ["an unknown fault", row({ response: undefined, fault: "echo-secret" }), `fault: expected "dns" | `],
    ["a bad time of the answer", row({ now: "echo-secret" }), "now: expected an instant in ISO 8601"],
    [
      "a bad time to come again",
      row({ expect: { ...right.expect, until: "echo-secret" } }),
      "expect.until: expected an instant"
    ],
    [
      "a number as time to come again",
      row({ expect: { ...right.expect, until: 42_424_242 } }),
      "expect.until: expected string"
    ]
  ])("is named by file, line, field and reason, and not repeated: %s", (_, line, why) => {
    const [said = "", ...more] = refused(lines(row(), line, row()))
    assert.deepStrictEqual(more, [])
    assert.include(said, `/c.jsonl, line 2: ${why}`)
    assert.notMatch(said, /echo-secret|42.?424.?242/)
  })

  it("keeps none of the others from being checked", () =>
    assert.deepStrictEqual(shown("{", row(), "[]", wrong), [
      "/c.jsonl, line 4: wrong-1 (nous, token), rule codes/invalid_grant",
      "  reason     expected Expired, got Revoked",
      "/c.jsonl: 1 of 2 right"
    ]))
})

it("in JSON every file has its counts, its wrong verdicts and its unusable lines", () => {
  const success = row({
    id: "fine",
    surface: "api",
    response: { status: 200, headers: {}, body: "" },
    expect: { verdict: "RateLimited", until: "2026-01-01T00:00:00Z" }
  })
  const files = [checked(lines(row(), wrong, "[]")), checkText("/d.jsonl", lines(success))]
  assert.deepStrictEqual(corpusJson(files, 7), {
    classifier: 7,
    files: [
      {
        path: "/c.jsonl",
        rows: 2,
        right: 1,
        wrong: [
          {
            line: 2,
            id: "wrong-1",
            provider: "nous",
            surface: "token",
            rule: "codes/invalid_grant",
            mismatches: [{ field: "reason", expected: "Expired", got: "Revoked" }]
          }
        ],
        unusable: [{ line: 3, why: "expected object" }]
      },
      {
        path: "/d.jsonl",
        rows: 1,
        right: 0,
        wrong: [
          {
            line: 1,
            id: "fine",
            provider: "nous",
            surface: "api",
            rule: null,
            mismatches: [
              { field: "verdict", expected: "RateLimited", got: "Success" },
              { field: "until", expected: "2026-01-01T00:00:00.000Z", got: null }
            ]
          }
        ],
        unusable: []
      }
    ]
  })
})

/** A user's home with these files in it, and the command; whatever it says comes without a trace, and nothing is written. */
const userWith = Effect.fnUntraced(function* (files: Readonly<Record<string, string | Uint8Array>>) {
  const user = yield* tempFolder
  for (const [name, content] of Object.entries(files)) writeFileSync(join(user, name), content)
  const before = snapshot(user)
  const corpus = Effect.fnUntraced(function* (args: ReadonlyArray<string>, input?: string) {
    const ran = yield* daybook(["corpus", ...args], { user, ...(input === undefined ? {} : { input }) })
    assert.isFalse(hasTrace(ran), ran.stderr)
    assert.deepStrictEqual(snapshot(user), before)
    return ran
  })
  return { user, corpus }
})

describe.concurrent("the command", () => {
  it.live("finds the project's own corpus right, and further files in the same run", () =>
    Effect.gen(function* () {
      const { corpus, user } = yield* userWith({ "more.jsonl": lines(row()) })
      const rows = readFileSync(ours, "utf8").trim().split("\n").length
      assert.deepStrictEqual(yield* corpus([ours, "more.jsonl"]), {
        code: 0,
        stdout: `${ours}: ${rows} of ${rows} right\n${join(user, "more.jsonl")}: 1 of 1 right\n`,
        stderr: ""
      })
    })
  )

  it.live("ends with 4 if a verdict is another than expected, in whichever file", () =>
    Effect.gen(function* () {
      const { corpus, user } = yield* userWith({ "a.jsonl": lines(wrong), "b.jsonl": lines(row()) })
      const { code, stderr, stdout } = yield* corpus(["a.jsonl", "b.jsonl"])
      assert.deepStrictEqual([code, stderr], [4, ""])
      assert.include(stdout, `${join(user, "a.jsonl")}, line 1: wrong-1 (nous, token)`)
    })
  )

  it.live("ends with 1 if a line is unusable, says so on stderr, and checks the rest", () =>
    Effect.gen(function* () {
      const { corpus, user } = yield* userWith({ "a.jsonl": lines("[]", wrong), "b.jsonl": lines(row()) })
      const { code, stderr, stdout } = yield* corpus(["a.jsonl", "b.jsonl"])
      assert.strictEqual(code, 1)
      assert.strictEqual(stderr, `${join(user, "a.jsonl")}, line 1: expected object. Mend the line, or take it out.\n`)
      assert.include(stdout, "line 2: wrong-1")
      assert.include(stdout, `${join(user, "b.jsonl")}: 1 of 1 right`)
    })
  )

  it.live("reads standard input, with a byte order mark and a row of 2 MiB", () =>
    Effect.gen(function* () {
      const { corpus } = yield* userWith({})
      const long = row({
        response: { ...dead, status: 401, body: "x".repeat(2 * 1024 * 1024) },
        expect: { verdict: "Transient" }
      })
      assert.deepStrictEqual(yield* corpus(["-"], `\uFEFF${row()}\r\n${long}\r\n`), {
        code: 0,
        stdout: "standard input: 2 of 2 right\n",
        stderr: ""
      })
    })
  )

  it.live("answers in JSON on stdout, with the same exit code and the same words on stderr", () =>
    Effect.gen(function* () {
      const { corpus, user } = yield* userWith({ "a.jsonl": lines("{", wrong) })
      const { code, stderr, stdout } = yield* corpus(["a.jsonl", "--json"])
      const expected = corpusJson([checkText(join(user, "a.jsonl"), lines("{", wrong))], classifierVersion)
      assert.deepStrictEqual([code, JSON.parse(stdout)], [1, expected])
      assert.include(stderr, "line 1: it is no JSON")
    })
  )

  it.live.each([
    ["an empty file", ["empty.jsonl"], "There is no recorded answer in ", "empty.jsonl"],
    ["a file of blank lines", ["blank.jsonl"], "There is no recorded answer in ", "blank.jsonl"],
    ["empty standard input", ["-"], "There is no recorded answer in ", "standard input"],
    ["a missing file", ["nowhere.jsonl"], "(ENOENT)", "nowhere.jsonl"],
    ["a directory", ["."], "(EISDIR)", "Cannot read "],
    ["bytes that are no text", ["noise"], "line 1: it is no JSON", "noise"]
  ] as const)("ends with 1 and one line for %s", ([, args, why, about]) =>
    Effect.gen(function* () {
      const { corpus } = yield* userWith({ "empty.jsonl": "", "blank.jsonl": "\n \r\n", noise })
      const { code, stderr } = yield* corpus(args)
      assert.strictEqual(code, 1)
      assert.include(stderr, why)
      assert.include(stderr, about)
      assert.match(stderr, /^[^\n]+\.\n$/)
    })
  )

  it.live("ends with 2 if no file is named", () =>
    Effect.gen(function* () {
      const { corpus } = yield* userWith({})
      const { code, stderr, stdout } = yield* corpus([])
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.include(stderr, "file")
      assert.include(stderr, "daybook corpus --help")
    })
  )
})
