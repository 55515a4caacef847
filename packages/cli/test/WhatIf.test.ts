/** `daybook what-if`: what another policy would have saved and cost, out of ledgers that real pools wrote. */
import { answer } from "@daybook/cli/commands/WhatIf"
import { WhatIf } from "@daybook/cli/json/WhatIf"
import { Stop } from "@daybook/cli/Stop"
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { cpSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { jsonOf, linesOf, told, tooWide } from "./support/Answers.ts"
import { daybook, hasTrace } from "./support/Cli.ts"
import { snapshot, tempFolder } from "./support/TempFolder.ts"

vi.setConfig({ testTimeout: 60_000 })

const example = (name: string) => fileURLToPath(new URL(`../../../examples/ledgers/${name}`, import.meta.url))
const hourly = example("token-invalidated-hourly")

interface Asked {
  readonly ledger?: string
  readonly policy?: string
  readonly at?: string
  readonly from?: string
  readonly all?: boolean
}

const asked = ({ all = false, at, from, ledger = hourly, policy }: Asked) => ({
  ledger: Option.some(ledger),
  policy: Option.fromUndefinedOr(policy),
  at: Option.fromUndefinedOr(at),
  from: Option.fromUndefinedOr(from),
  all
})

const ask = (flags: Asked, json = false) => Effect.provide(answer(told("/nowhere", json), asked(flags)), nodeServices)

const shown = (flags: Asked) => linesOf(ask(flags))

const decoded = (flags: Asked) => Effect.map(jsonOf(ask(flags, true)), Schema.decodeUnknownSync(WhatIf))

const complaint = (flags: Asked) =>
  Effect.map(Effect.flip(ask(flags)), (error) => (error instanceof Stop ? error : assert.fail(String(error))))

/** A policy file with this text. */
const policyFile = Effect.fnUntraced(function* (text: string) {
  const path = join(yield* tempFolder, "policy.json")
  writeFileSync(path, text)
  return path
})

describe("what-if", () => {
  it.effect("tells of a dead token that came back every hour: seven requests, and one under our policy", () =>
    Effect.gen(function* () {
      const lines = yield* shown({ policy: "default" })
      const untimed = lines.map((line) =>
        line.replace(/\d{4}-\d\d-\d\dT[\d:]+Z/, "TIME").replace(/(?<=6 h )\d+ min/g, "N min")
      )
      assert.deepStrictEqual(untimed, [
        "Events 1 to 34, decided again under default.",
        "",
        "2 of the decisions would be otherwise, 12 would not be made for want of what",
        "they follow from:",
        "  9  main  CooldownStarted  TIME",
        "      would not be decided",
        "      by what the policy says of benches",
        "  9  main  CredentialQuarantined  TIME",
        "      would be decided",
        "      by what the policy says of benches",
        "",
        "REQUESTS                  RECORDED  STILL MADE  SAVED  UNKNOWN",
        "with a dead login         7         1           6      0",
        "refreshes                 0         0           0      0",
        "calls that were refused   7         1           6      0",
        "calls that were accepted  1         1           0      0",
        "",
        "CREDENTIAL  READY             BENCHED          DEAD",
        "main        26 min -> 20 min  6 h N min -> 0  0 -> 6 h N min",
        "",
        "Not decided again: 7 SelectionExhausted (it depends on who asked)."
      ])
    })
  )

  it.effect("says the same of a policy in a file, in whole or as what differs from a preset", () =>
    Effect.gen(function* () {
      const whole = yield* decoded({ policy: join(hourly, "policy.default.json") })
      const partial = yield* decoded({ policy: yield* policyFile(`{"preset": "olderHermes", "benches": []}`) })
      const none = yield* decoded({ policy: yield* policyFile("{}") })
      for (const { deadRequests } of [whole, partial, none]) {
        assert.deepStrictEqual(deadRequests, { recorded: 7, saved: 6, beyond: 0 })
      }
      assert.deepStrictEqual(none.policy, whole.policy)
    })
  )

  it.effect("finds nothing otherwise under the policy that was in force, nor by the rules of today", () =>
    Effect.gen(function* () {
      for (const policy of [undefined, join(hourly, "policy.recorded.json")]) {
        const { changes, deadRequests, decisions } = yield* decoded(policy === undefined ? {} : { policy })
        assert.deepStrictEqual([decisions.changed, decisions.unmade, changes.length], [0, 0, 0])
        assert.deepStrictEqual(deadRequests, { recorded: 7, saved: 0, beyond: 0 })
      }
      assert.include(yield* shown({}), "None of 14 decisions would be otherwise.")
    })
  )

  it.effect("stands on the pool of a moment, and takes turns from another one on", () =>
    Effect.gen(function* () {
      const { changes, deadRequests, from, ledger } = yield* decoded({ policy: "default", at: "20", from: "11" })
      assert.deepStrictEqual([from, ledger.seq], [11, 20])
      assert.deepStrictEqual(deadRequests, { recorded: 3, saved: 2, beyond: 0 })
      assert.isTrue(changes.every(({ seq }) => seq >= 11 && seq <= 20))
      const later = yield* decoded({ policy: "default", from: "2026-03-02T10:00:00Z" })
      assert.strictEqual(later.deadRequests.saved, 5)
    })
  )

  it.effect("answers in JSON of the shape that is on record, the same at every asking", () =>
    Effect.gen(function* () {
      const flags = { policy: "default", at: "34" }
      const answers = [yield* jsonOf(ask(flags, true)), yield* jsonOf(ask(flags, true))]
      assert.deepStrictEqual(answers[0], answers[1])
      const { changes, times } = Schema.decodeUnknownSync(WhatIf)(answers[0])
      assert.deepStrictEqual(changes[0]?.fields, [{ field: "event", recorded: "CooldownStarted" }])
      assert.deepStrictEqual(changes[0]?.policyFields, ["benches"])
      assert.deepStrictEqual(
        times.map(({ credential, would }) => [credential, would.benched]),
        [["main", 0]]
      )
    })
  )

  it.effect("fits into 80 columns, and shows every change only if all are asked for", () =>
    Effect.gen(function* () {
      const ledger = example("four-programs-one-login")
      const policy = yield* policyFile(`{"preset": "hermes", "cooldown": {"QuotaExhausted": 1, "RateLimited": 1,
        "BillingRequired": 1, "NotEntitled": 1, "ModelUnavailable": 1},
        "benches": [{"verdicts": ["AccessExpired"], "millis": 600000}]}`)
      const few = yield* shown({ ledger, policy })
      const all = yield* shown({ ledger, policy, all: true })
      assert.deepStrictEqual([...tooWide(few.slice(1)), ...tooWide(all.slice(1))], [])
      assert.isAtLeast(all.length, few.length)
    })
  )

  it.effect("leaves the ledger as it is: every byte, every name, every time", () =>
    Effect.gen(function* () {
      const ledger = join(yield* tempFolder, "copy")
      cpSync(hourly, ledger, { recursive: true })
      const before = snapshot(ledger)
      yield* shown({ ledger, policy: "default" })
      assert.deepStrictEqual(snapshot(ledger), before)
    })
  )
})

describe("a policy that cannot be used", () => {
  for (const [what, text, problem] of [
    ["is no JSON", "sk-secret", "is not JSON"],
    ["is a list", "[]", "no object of a policy's fields"],
    ["has a field that does not exist", `{"strike": 1}`, "strike is no field of a policy"],
    ["has a wrong value", `{"backoff": {"first": "2s", "most": 1}}`, `backoff.first is "2s"`],
    ["lacks a part of a field", `{"backoff": {"first": 1}}`, "backoff.most is missing"],
    ["names no preset", `{"preset": "hermess"}`, "presets are default, hermes, olderHermes"]
  ] as const) {
    it.effect(`${what}: says so with its path and field`, () =>
      Effect.gen(function* () {
        const path = yield* policyFile(text)
        const { exitCode, message } = yield* complaint({ policy: path })
        assert.strictEqual(exitCode, 2)
        assert.include(message, path)
        assert.include(message, problem)
        assert.notInclude(message, "sk-secret")
      })
    )
  }

  it.effect("is not there: names the place, and the presets", () =>
    Effect.gen(function* () {
      const { exitCode, message } = yield* complaint({ policy: "/nowhere/policy.json" })
      assert.strictEqual(exitCode, 2)
      assert.match(message, /no policy to read at \/nowhere\/policy.json \(ENOENT\).*hermes/)
    })
  )
})

describe("the command", () => {
  it.live("answers from a copied ledger, and ends with a usage error for a wrong moment", () =>
    Effect.gen(function* () {
      const user = yield* tempFolder
      const ran = yield* daybook(["what-if", "--ledger", hourly, "--policy", "default", "--json"], { user })
      assert.deepStrictEqual([ran.code, ran.stderr], [0, ""])
      const { deadRequests } = Schema.decodeUnknownSync(WhatIf)(JSON.parse(ran.stdout))
      assert.deepStrictEqual(deadRequests, { recorded: 7, saved: 6, beyond: 0 })
      const wrong = yield* daybook(["what-if", "--ledger", hourly, "--from", "soon"], { user })
      assert.isFalse(hasTrace(wrong))
      assert.strictEqual(wrong.code, 2)
      assert.include(wrong.stderr, "--from")
    })
  )
})
