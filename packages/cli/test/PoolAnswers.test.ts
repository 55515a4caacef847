/** What commands answer with `--json` about a pool as it is now, held to docs/schemas by a validator that is not ours. */
import { Given, givenJson } from "@daybook/cli/json/Classify"
import { Prompt as PromptDocument, promptJson } from "@daybook/cli/json/Login"
import * as ResponseText from "@daybook/cli/ResponseText"
import { explain } from "@daybook/oauth/Explain"
import { defaultProviders, undefinedProvider } from "@daybook/oauth/Providers"
import { quotaWindowsIn } from "@daybook/oauth/Quota"
import type { Prompt } from "@daybook/refresher/Person"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { answerTo } from "./support/Held.ts"
import { flawsIn } from "./support/JsonSchemas.ts"
import { makeWorld } from "./support/World.ts"

vi.setConfig({ testTimeout: 60_000 })

const recordings = fileURLToPath(new URL("../../../examples/ledgers", import.meta.url))

const corpus = fileURLToPath(new URL("../../oauth/test/corpus.jsonl", import.meta.url))

const success = JSON.stringify({ status: 200, headers: {}, body: `{"access_token":"a","refresh_token":"b"}` })

const encode = Schema.encodeSync(Given)

const recorded = readdirSync(recordings).filter((name) => existsSync(join(recordings, name, "ledger.jsonl")))

const looks: ReadonlyArray<ReadonlyArray<string>> = [
  ["list"],
  ["explain", "openai-codex"],
  ["explain", "openai-codex", "--model", "gpt-5"]
]

const levelsOf = (findings: ReadonlyArray<{ readonly level: string }>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(Object.groupBy(findings, ({ level }) => level)).map(([level, all]) => [level, all?.length ?? 0])
  )

describe("answers in JSON about a pool", () => {
  it.live("are of the shapes in docs/schemas, whatever happened in it", () =>
    Effect.gen(function* () {
      const words = new Set<string>()
      for (const name of recorded) {
        for (const look of looks) yield* answerTo([...look, "--home", join(recordings, name)])
        const { credentials } = yield* answerTo(["status", "--home", join(recordings, name)])
        for (const { word } of credentials) words.add(word)
      }
      yield* answerTo(["doctor", "--home", join(recordings, "two-logins-in-one-file")])
      assert.sameMembers([...words], ["ok", "dead"])
    })
  )

  it.live("are so where stores and a file that was named cannot be read", () =>
    Effect.gen(function* () {
      const { begin, home, user } = yield* makeWorld
      yield* begin
      const { credentials, problems } = yield* answerTo(["status", "--home", home, "--vault", join(user, "nothing")])
      assert.lengthOf(credentials, 2)
      assert.lengthOf(problems, 1)
      const { findings } = yield* answerTo(["doctor", "--home", home, "--vault", join(user, "nothing")])
      assert.deepInclude(levelsOf(findings), { problem: 1 })
      const nowhere = yield* answerTo(["doctor", "--home", join(user, "nowhere")])
      assert.deepInclude(levelsOf(nowhere.findings), { problem: 1 })
    })
  )

  it.live("are so of every refusal in a ledger, as it is judged again", () =>
    Effect.gen(function* () {
      let judged = 0
      for (const name of ["a-bad-afternoon", "refusals-that-nobody-knows", "spent-by-another-program"]) {
        const text = readFileSync(join(recordings, name, "ledger.jsonl"), "utf8")
        for (const [, seq = ""] of text.matchAll(/^\{"seq":(\d+),.*"type":"RefreshFailed"/gm)) {
          yield* answerTo(["classify", "--event", seq, "--ledger", join(recordings, name)])
          judged += 1
        }
      }
      assert.isAbove(judged, 5)
    })
  )

  it("are so of every answer in the corpus, whatever it means", () => {
    const verdicts = new Set<string>()
    for (const line of [...readFileSync(corpus, "utf8").trimEnd().split("\n"), success]) {
      const { about, answer } = Result.getOrThrow(ResponseText.read(line))
      const now = about.now === undefined ? 0 : Date.parse(about.now)
      const provider = defaultProviders.find(({ id }) => id === about.provider) ?? undefinedProvider
      const { kind = "oauth", surface = "token" } = about
      const windows = "headers" in answer && surface === "api" ? quotaWindowsIn(answer.headers, now) : []
      const given = encode(givenJson(explain({ surface, provider, kind, now, answer }), windows))
      assert.deepStrictEqual(flawsIn("classify", JSON.parse(JSON.stringify(given))), [], line)
      verdicts.add(given.verdict)
    }
    assert.includeMembers([...verdicts], ["Success", "Transient", "Terminal", "QuotaExhausted"])
  })
})

it("is so of every line that tells a person how to log in", () => {
  const until = Date.UTC(2026, 10, 22)
  const url = "https://example.com/login"
  const prompts: ReadonlyArray<Prompt> = [
    { _tag: "Browser", url, until },
    { _tag: "Device", url, userCode: "ABCD-EFGH", until },
    { _tag: "Device", url, urlWithCode: `${url}?code=ABCD`, userCode: "ABCD-EFGH", until },
    { _tag: "Paste", url, until },
    { _tag: "Ignored" },
    { _tag: "NotAnAnswer" }
  ]
  for (const prompt of prompts) {
    const line = Schema.encodeSync(PromptDocument)(promptJson(prompt))
    assert.deepStrictEqual(flawsIn("login-prompt", line), [], prompt._tag)
  }
})
