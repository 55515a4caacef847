/** `daybook story`: what happened to one credential. */
import { answer } from "@daybook/cli/commands/Story"
import { Story } from "@daybook/cli/json/Story"
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { open as openHistory } from "@daybook/cli/History"
import { namesIn } from "@daybook/words/Names"
import { plain } from "@daybook/cli/render/Paint"
import { storyLines } from "@daybook/cli/render/StoryLines"
import { CredentialId, Seq } from "@daybook/pool/Ids"
import type { Draft, Recorded } from "@daybook/pool/Recorded"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { cpSync } from "node:fs"
import { join } from "node:path"
import { jsonOf, linesOf, told, tooWide, unbroken } from "./support/Answers.ts"
import { daybook } from "./support/Cli.ts"
import { head, placeOf, writePast } from "./support/Past.ts"
import { tempFolder } from "./support/TempFolder.ts"

vi.setConfig({ testTimeout: 60_000 })

const past = Effect.tap(tempFolder, writePast)

const asked = (credential: string, at?: number | string, all = false) => ({
  all,
  credential,
  ledger: Option.none(),
  at: at === undefined ? Option.none() : Option.some(String(at))
})

const shown = (home: string, ...rest: Parameters<typeof asked>) => linesOf(answer(told(home), asked(...rest)))

/** So many more events about `main`. */
const append = (folder: string, count: number) =>
  Effect.gen(function* () {
    const ledger = yield* Ledger
    const bench = (n: number): Draft => ({
      type: "CredentialPrioritised",
      v: 1,
      credential: CredentialId.make("main"),
      data: { priority: n }
    })
    yield* ledger.append(Array.from({ length: count }, (_, n) => bench(n)))
  }).pipe(Effect.provide(FileLedger.layer({ folder, program: "worker", version: "1.0.0" })))

describe("story", () => {
  it.effect("tells what happened, each event under its cause, and where a refused call went next", () =>
    Effect.gen(function* () {
      const home = yield* past
      assert.deepStrictEqual(unbroken(yield* shown(home, "main", head)), [
        "2026-11-22",
        "    3  10:00:00  worker[PID] enrolled it: openai-codex, oauth, source device_code, owned, in the hermes store.",
        "    4  10:01:00  worker[PID] saw tokens fp_rtmain1 in the hermes store for the first time.",
        "    9  10:06:00  The API accepted its token, sent by worker[PID].",
        "   12  10:08:00  agent[PID] sent refresh token fp_rtmain1 (its access token would have ended soon).",
        "   13  10:09:00  The provider gave agent[PID] new tokens fp_rtmain2; they are stored.",
        "   15  10:11:00  The API refused its token, sent by worker[PID]: 401.",
        "                   └ The next answer to worker[PID] was for spare, which was accepted (event 21).",
        "   16  10:12:00    └ worker[PID] took that for AccessExpired (rule api/401).",
        "   17  10:13:00    └ worker[PID] sent refresh token fp_rtmain2 (the API had refused its access token).",
        "   18  10:14:00      └ The refresh by worker[PID] failed: 401 refresh_token_reused.",
        "   19  10:15:00        └ worker[PID] took that for Terminal Reused (rule codes/refresh_token_reused).",
        "   20  10:16:00          └ worker[PID] declared the refresh token of fp_rtmain2 dead: Reused. Nothing is sent with it again."
      ])
    })
  )

  it.effect("breaks a sentence between words, and goes on under its first", () =>
    Effect.gen(function* () {
      const lines = yield* shown(yield* past, "main", placeOf("main", "GenerationObserved") - 1)
      assert.deepStrictEqual(lines.slice(2), ["                 device_code, owned, in the hermes store."])
    })
  )

  it.effect("stands in columns in a ledger of a million events", () =>
    Effect.gen(function* () {
      const { ledger, state } = yield* openHistory(told(yield* past), {})
      const events: Array<Recorded> = []
      const take = (event: Recorded) => void events.push({ ...event, seq: Seq.make(event.seq + 999_990) })
      yield* ledger.scan({ take })
      const lines = storyLines({ events, earlier: 0, wentOn: [] }, namesIn(state), plain)
      assert.deepStrictEqual(tooWide(lines), [])
      const heads = lines.filter((line) => /^ *\d+ {2}\d\d:/.test(line))
      assert.lengthOf(heads, head)
      for (const line of heads) assert.strictEqual(line.indexOf(":"), 11)
    }).pipe(Effect.scoped)
  )

  it.effect("ends at the moment that is asked for, and knows nothing of what came later", () =>
    Effect.gen(function* () {
      const home = yield* past
      const lines = yield* shown(home, "main", placeOf("main", "RefreshFailed"))
      assert.include(unbroken(lines).at(-1), "   18  10:14:00")
      assert.notInclude(lines.join("\n"), "spare")
      const early = yield* Effect.flip(answer(told(home), asked("spare", 4)))
      assert.include(early.message, "spare was not in the pool yet at event 4")
    })
  )

  it.effect("of a long ledger tells the newest hundred, how many came before, and all of them when asked", () =>
    Effect.gen(function* () {
      const home = yield* past
      const before = yield* shown(home, "main", head)
      yield* append(home, 250)
      const [note, , first, ...rest] = unbroken(yield* shown(home, "main"))
      assert.strictEqual(note, "161 earlier events are not shown; --all shows all.")
      assert.match(first ?? "", /gave it priority 150\.$/)
      assert.match(rest.at(-1) ?? "", /gave it priority 249\.$/)
      const all = yield* shown(home, "main", undefined, true)
      assert.lengthOf(
        all.filter((line) => line.includes("gave it priority")),
        250
      )
      assert.deepStrictEqual(yield* shown(home, "main", head), before)
    })
  )

  it.effect("fits into 80 columns at any moment", () =>
    Effect.gen(function* () {
      const home = yield* past
      for (let seq = 3; seq <= head; seq++) assert.deepStrictEqual(tooWide(yield* shown(home, "main", seq)), [])
    })
  )

  it.effect("answers in JSON, in the shape that is on record", () =>
    Effect.gen(function* () {
      const home = yield* past
      const json = yield* jsonOf(answer(told(home, true), asked("main")))
      const story = Schema.decodeUnknownSync(Story, { onExcessProperty: "error" })(json)
      assert.deepInclude(story, { credential: CredentialId.make("main"), earlier: 0 })
      assert.lengthOf(story.events, 11)
      const { after, credential, event } = story.wentOn[0] ?? {}
      assert.deepStrictEqual([Number(after), credential, Number(event)], [15, CredentialId.make("spare"), 21])
    })
  )

  it.effect("the command tells the same of a copy of the ledger", () =>
    Effect.gen(function* () {
      const user = yield* tempFolder
      const home = join(user, "pool")
      yield* writePast(home)
      cpSync(join(home, "ledger.jsonl"), join(user, "copy", "ledger.jsonl"))
      const ours = yield* daybook(["story", "work", "--at", String(head)], { user, env: { DAYBOOK_HOME: home } })
      const copied = yield* daybook(["story", "work", "--ledger", join(user, "copy")], { user })
      assert.deepStrictEqual(copied, ours)
      assert.deepInclude(ours, { code: 0, stderr: "" })
    })
  )
})
