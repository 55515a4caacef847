/** `daybook lineage`: the family of a grant, in 80 columns and in JSON. */
import { answer } from "@daybook/cli/commands/Lineage"
import { Lineage } from "@daybook/cli/json/Lineage"
import { lineageLines } from "@daybook/cli/render/LineageLines"
import { namesIn } from "@daybook/words/Names"
import { plain } from "@daybook/cli/render/Paint"
import { fold } from "@daybook/pool/Evolve"
import { CredentialId } from "@daybook/pool/Ids"
import { emptyGrant, members } from "@daybook/pool/PoolState"
import { Family } from "@daybook/pool/queries/Family"
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { assert, describe, it, vi } from "@effect/vitest"
import { Console, Effect, Option, Schema } from "effect"
import { daybook } from "./support/Cli.ts"
import {
  adopted,
  enrolled,
  failed,
  generation,
  grant,
  lost,
  observed,
  quarantined,
  started,
  succeeded
} from "./support/Refreshes.ts"
import { tempFolder } from "./support/TempFolder.ts"
import { begin, minute, recordedOf, type Step, write } from "./support/Written.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

const [one, two, three, four] = [generation(1), generation(2), generation(3), generation(4)]
const by = (who: string, event: Step["event"], after?: number): Step => ({
  by: who,
  event,
  ...(after === undefined ? {} : { after })
})

const linesOf = (steps: ReadonlyArray<Step>, all = false): ReadonlyArray<string> => {
  const events = recordedOf([by("agent", enrolled(), 0), ...steps])
  const family = new Family(emptyGrant(grant))
  for (const event of events) family.take(event)
  const state = fold(events)
  const [credential] = members(state)
  if (credential === undefined) throw new Error("nobody is in the pool")
  const at = begin + 600 * minute
  const names = namesIn(state)
  const holders = members(state).map(({ id }) => id)
  return lineageLines({ credential, holders, lineage: family.lineage(at), at, names, all }, plain)
}

const raced: ReadonlyArray<Step> = [
  by("agent", observed(one)),
  by("agent", started(one, 1), 60),
  by("worker", started(one, 2)),
  by("agent", succeeded(one, two, 1)),
  by("worker", succeeded(one, three, 2)),
  by("worker", started(three, 3, "proactive"), 120),
  by("worker", failed(three, 3, { status: 400, code: "invalid_grant", message: "Token has been revoked" })),
  by("worker", quarantined(three)),
  by("agent", observed(four, "login"), 180)
]

const rotations = (count: number): ReadonlyArray<Step> => [
  by("agent", observed(generation(1))),
  ...Array.from({ length: count }, (_, n) => [
    by(n % 3 === 0 ? "worker" : "agent", started(generation(n + 1), n + 1)),
    by(n % 3 === 0 ? "worker" : "agent", succeeded(generation(n + 1), generation(n + 2), n + 1))
  ]).flat()
]

describe("what is read", () => {
  it("shows a race that both won as a fork, the dead branch, and the login after it by itself", () => {
    assert.deepStrictEqual(linesOf(raced), [
      "main (openai-codex): 4 generations, 1 fork",
      "grant 00000004-0000-7000-8000-000000000001",
      "",
      "o 1  fp_rt1____, access fp_at1____",
      "│   enrolled out of the hermes store by agent[100], 2026-11-22T10:01:00Z, event",
      "│   4",
      "│   spent by agent[100], 2026-11-22T11:00:00Z, event 5, its access token had",
      "│   ended: answered",
      "│   spent by worker[101], 2026-11-22T11:01:00Z, event 6, its access token had",
      "│   ended: answered",
      "│   succeeded by 2 after 1 h",
      "│   fork: 2 and 3 are both answers to it, a race that both won",
      "├─o 2  fp_rt2____, access fp_at2____",
      "│     answer to a refresh, by agent[100], 2026-11-22T11:02:00Z, event 7",
      "│     displaced by 3 after 1 min",
      "│",
      "o 3  fp_rt3____, access fp_at3____",
      "    answer to a refresh, by worker[101], 2026-11-22T11:03:00Z, event 8",
      "    spent by worker[101], 2026-11-22T12:00:00Z, event 9, its access token would",
      '    have ended soon: 400 invalid_grant "Token has been revoked"',
      "    quarantined (Revoked) by worker[101], 2026-11-22T12:02:00Z, event 11, after",
      "    59 min; 4 came after it",
      "",
      "o 4  fp_rt4____, access fp_at4____",
      "    a login, into the hermes store by agent[100], 2026-11-22T13:00:00Z, event 12",
      "    current, for 7 h"
    ])
  })

  it("folds what went well into a line, with who did it, unless all is asked for", () => {
    const folded = linesOf(rotations(9))
    assert.deepStrictEqual(folded.slice(3, 14), [
      "o 1  fp_rt1____, access fp_at1____",
      "│   enrolled out of the hermes store by agent[100], 2026-11-22T10:01:00Z, event",
      "│   4",
      "│   spent by worker[101], 2026-11-22T10:02:00Z, event 5, its access token had",
      "│   ended: answered",
      "│   succeeded by 2 after 2 min",
      "│",
      "┊ 2 to 9  8 rotations without incident",
      "┊   2026-11-22T10:03:00Z to 2026-11-22T10:17:00Z, by agent[100], worker[101]",
      "│",
      "o 10  fp_rt10___, access fp_at10___"
    ])
    assert.strictEqual(linesOf(rotations(9), true).filter((line) => line.startsWith("o ")).length, 10)
  })

  it("names the first and the last of many requests, unless all is asked for", () => {
    const replays = Array.from({ length: 6 }, (_, n) => [
      by("agent", started(one, n + 1, "replay")),
      by("agent", lost(one, n + 1, begin))
    ]).flat()
    const text = linesOf([by("agent", observed(one)), ...replays]).join("\n")
    assert.match(text, /4 more requests, then\n/)
    assert.match(text, /may be spent: an answer was lost/)
    assert.notInclude(linesOf([by("agent", observed(one)), ...replays], true).join("\n"), "more requests")
  })

  it("says whose tokens were adopted, how often, and who else has the grant", () => {
    const winner = recordedOf([by("agent", enrolled())])[0]?.actor
    if (winner === undefined) throw new Error("nobody wrote")
    const steps = [
      by("agent", enrolled({}, CredentialId.make("row"))),
      by("agent", observed(one)),
      by("agent", started(one, 1)),
      by("agent", succeeded(one, two, 1)),
      by("worker", adopted(one, two, { winner: { actor: winner } })),
      by("agent", adopted(two, three))
    ]
    const text = linesOf(steps)
      .join("\n")
      .replaceAll(/\n. {3}/g, " ")
    assert.match(text, /^grant \S+, also of row$/m)
    assert.match(text, /others came for the same refresh and used it, 1 time /)
    assert.match(text, /put into the hermes store by another program, and adopted before request by agent\[100\]/)
    assert.match(text, /displaced by 3 after 2 min/)
  })

  it("hangs what was left again on what counts", () => {
    const back = (held: typeof one, found: typeof one) =>
      adopted(held, found, { winner: {}, phase: "after rejection", fallback: true })
    const steps = [
      by("agent", observed(one)),
      by("agent", adopted(one, two)),
      by("agent", back(two, one)),
      by("agent", adopted(one, three)),
      by("agent", back(three, one))
    ]
    assert.deepStrictEqual(linesOf(steps).slice(3), [
      "o 1  fp_rt1____, access fp_at1____",
      "│   enrolled out of the hermes store by agent[100], 2026-11-22T10:01:00Z, event",
      "│   3",
      "│   the grant went back to it, 2 times",
      "│   current, for 9 h",
      "│   fork: 2 and 3 came after it, and the grant went back to it",
      "├─o 2  fp_rt2____, access fp_at2____",
      "│     put into the hermes store by another program, and adopted before request",
      "│     by agent[100], 2026-11-22T10:02:00Z, event 4",
      "│     refused for good after 1 min; then 1 again",
      "└─o 3  fp_rt3____, access fp_at3____",
      "      put into the hermes store by another program, and adopted before request",
      "      by agent[100], 2026-11-22T10:04:00Z, event 6",
      "      refused for good after 1 min; then 1 again"
    ])
  })

  it("fits into 80 columns", () => {
    for (const line of [...linesOf(raced), ...linesOf(rotations(40), true)]) assert.isAtMost(line.length, 80, line)
  })
})

/** What the command prints, in this process. */
const printed = Effect.fnUntraced(function* (home: string, asked: { readonly at?: string; readonly json?: boolean }) {
  const lines: Array<string> = []
  const console: Console.Console = { ...globalThis.console, log: (text: string) => void lines.push(text) }
  const { at, json = false } = asked
  yield* answer(
    { home, json, paint: plain },
    { credential: "main", all: false, at: Option.fromUndefinedOr(at), ledger: Option.none() }
  ).pipe(Effect.provideService(Console.Console, console))
  return lines.join("\n")
})

const inPool = (steps: ReadonlyArray<Step>) =>
  Effect.gen(function* () {
    const user = yield* tempFolder
    const home = `${user}/pool`
    yield* write(home, [by("agent", enrolled(), 0), ...steps])
    return { user, home }
  })

describe("the command", () => {
  it.effect("answers as of a moment, the same bytes whenever it is asked", () =>
    Effect.gen(function* () {
      const { home } = yield* inPool(raced)
      const before = yield* printed(home, { at: "8" })
      assert.match(before, /main \(openai-codex\): 2 generations\n/)
      assert.match(before, /current, for less than a second/)
      assert.strictEqual(yield* printed(home, { at: "8" }), before)
    }).pipe(Effect.provide(nodeServices))
  )

  it.effect("gives programs every generation, in a document of its schema", () =>
    Effect.gen(function* () {
      const { home, user } = yield* inPool(rotations(20))
      const { code, stderr, stdout } = yield* daybook(["lineage", "main", "--ledger", home, "--json"], { user })
      assert.strictEqual(code, 0, stderr)
      const document = Schema.decodeUnknownSync(Lineage)(JSON.parse(stdout))
      assert.deepStrictEqual(
        document.generations.map(({ number }) => number),
        Array.from({ length: 21 }, (_, n) => n + 1)
      )
      assert.strictEqual(document.current, 21)
      assert.deepStrictEqual(document.generations[4]?.parent, 4)
      assert.deepStrictEqual(document.generations[4]?.ending.how, "succeeded")
      assert.strictEqual(document.ledger.seq, 45)
    }).pipe(Effect.provide(nodeServices))
  )

  it.effect("offers the nearest name for one that nobody has", () =>
    Effect.gen(function* () {
      const { home, user } = yield* inPool(rotations(1))
      const { code, stderr, stdout } = yield* daybook(["lineage", "mian", "--home", home], { user })
      assert.deepStrictEqual({ code, stdout }, { code: 1, stdout: "" })
      assert.match(stderr, /Did you mean main\?/)
    }).pipe(Effect.provide(nodeServices))
  )
})
