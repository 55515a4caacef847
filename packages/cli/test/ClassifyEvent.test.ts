/** `daybook classify --event SEQ`: refusals out of real ledgers, as they were judged then and as they would be today. */
import { classifyAgain } from "@daybook/cli/ClassifyAgain"
import { againJson } from "@daybook/cli/json/Classify"
import { againLines } from "@daybook/cli/render/ClassifyLines"
import { plain } from "@daybook/cli/render/Paint"
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { providerAt } from "@daybook/oauth/Provider"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
import { classifierVersion } from "@daybook/oauth/Rules"
import { AttemptId, CredentialId, EventId, GrantId } from "@daybook/pool/Ids"
import type { Draft, Recorded } from "@daybook/pool/Recorded"
import { assert, describe, it, vi } from "@effect/vitest"
import { openPool } from "daybook"
import { Effect, Stream } from "effect"
import { randomUUID } from "node:crypto"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { makeWorld } from "./support/World.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 60_000 })

const main = CredentialId.make("main")

/** A pool whose model API and whose token endpoint have both refused the login `main`. */
const refusedWorld = Effect.gen(function* () {
  const world = yield* makeWorld
  const { home, login, sandbox, vault } = world
  yield* sandbox.revoke({ grant: login.grant })
  yield* Effect.promise(async () => {
    const providers = [providerAt(openAiCodex, sandbox.origin)]
    await using pool = await openPool({ home, vault, providers, policy: { confirmAfter: [0, 10, 20] } })
    await pool.report("openai-codex", login.access_token, { status: 200, headers: {}, body: "" })
    await pool.report("openai-codex", login.access_token, { status: 429, headers: { "retry-after": "60" }, body: "" })
    await pool.refresh("main").catch(() => undefined)
  })
  const events = yield* inLedger(
    home,
    true,
    Ledger.use((ledger) => Stream.runCollect(ledger.read()))
  )
  const seqOf = (isWanted: (event: Recorded) => boolean): string =>
    String(events.find(isWanted)?.seq ?? assert.fail("there is no such event"))
  const again = Effect.fnUntraced(function* (seq: string) {
    return againLines(yield* inLedger(home, true, classifyAgain(Number(seq))), plain)
  })
  return { ...world, events, seqOf, again }
})

const inLedger = <A, E>(folder: string, readOnly: boolean, effect: Effect.Effect<A, E, Ledger>) =>
  Effect.orDie(Effect.provide(effect, FileLedger.layer({ folder, program: "test", version: "1.2.3", readOnly })))

const isRefused = (event: Recorded): boolean => event.type === "ApiOutcomeObserved" && !event.data.accepted

const grantOf = (events: ReadonlyArray<Recorded>): GrantId => {
  const enrolled = events.find((event) => event.type === "CredentialEnrolled" && event.credential === main)
  return enrolled?.type === "CredentialEnrolled" ? enrolled.data.grant : assert.fail("main is not enrolled")
}

const conclusionIn = (events: ReadonlyArray<Recorded>, of: Recorded | undefined) => {
  const later = events.find((later) => later.type === "ErrorClassified" && later.data.of === of?.id)
  return later?.type === "ErrorClassified" ? later.data : assert.fail("nothing was concluded")
}

type Evidence = Extract<Draft, { type: "RefreshFailed" }>["data"]["evidence"]
type Concluded = Partial<Extract<Draft, { type: "ErrorClassified" }>["data"]>

const failed = (grant: GrantId, evidence: Evidence): Draft & { readonly id: EventId } => ({
  type: "RefreshFailed",
  v: 1,
  id: EventId.make(randomUUID()),
  data: { grant, attempt: AttemptId.make(randomUUID()), generation: {}, evidence }
})

const concluded = (grant: GrantId, of: EventId, data: Concluded): Draft => ({
  type: "ErrorClassified",
  v: 1,
  data: {
    grant,
    of,
    generation: {},
    surface: "token",
    verdict: "Transient",
    rule: "unrecognized",
    classifier: 1,
    ...data
  }
})

const ended: Evidence = { status: 401, code: "app_session_terminated", body: "json", left: true }

/** Appends a refusal and what an earlier program made of it; answers the place of the refusal. */
const appendRefusal = Effect.fnUntraced(function* (home: string, grant: GrantId, evidence: Evidence, then?: Concluded) {
  const refusal = failed(grant, evidence)
  const drafts = [refusal, ...(then === undefined ? [] : [concluded(grant, refusal.id, then)])]
  const [recorded] = yield* inLedger(
    home,
    false,
    Ledger.use((ledger) => ledger.append(drafts))
  )
  return String(recorded?.seq)
})

describe.concurrent("a refusal in a ledger", () => {
  it.live("of an older classifier is shown as such, and by which rule it would be another today", () =>
    Effect.gen(function* () {
      const { again, events, home } = yield* refusedWorld
      const seq = yield* appendRefusal(home, grantOf(events), ended, { reason: "Unrecognized" })
      assert.deepStrictEqual((yield* again(seq)).slice(1), [
        "  then        Transient Unrecognized (rule unrecognized, classifier 1)",
        `  now         Terminal Revoked (rule openai-codex/session-ended, classifier ${classifierVersion})`,
        "  Another verdict than then."
      ])
    })
  )

  it.live("of a replay, recorded as a lost answer, has the same verdict", () =>
    Effect.gen(function* () {
      const { again, events, home } = yield* refusedWorld
      const then = { verdict: "Terminal", reason: "ResponseLost", rule: "codes/invalid_grant" } as const
      const seq = yield* appendRefusal(home, grantOf(events), { ...ended, code: "invalid_grant" }, then)
      assert.strictEqual((yield* again(seq)).at(-1), "  The verdict is the same.")
    })
  )

  it.live("that nobody has judged is compared with nothing", () =>
    Effect.gen(function* () {
      const { again, events, home } = yield* refusedWorld
      const seq = yield* appendRefusal(home, grantOf(events), ended)
      assert.deepStrictEqual((yield* again(seq)).slice(1), [
        "  then        nothing concluded yet",
        `  now         Terminal Revoked (rule openai-codex/session-ended, classifier ${classifierVersion})`
      ])
      const json = againJson(yield* inLedger(home, true, classifyAgain(Number(seq))))
      assert.deepInclude(json, { recorded: null, same: null })
    })
  )

  it.live("of a login that is in no pool is judged by the common rules", () =>
    Effect.gen(function* () {
      const { again, home } = yield* refusedWorld
      const seq = yield* appendRefusal(home, GrantId.make(randomUUID()), ended)
      const [about = "", ...rest] = yield* again(seq)
      assert.match(about, /, of unknown$/)
      assert.match(rest.at(-1) ?? "", /^ {2}now +Transient Unrecognized /)
    })
  )

  it.live("of the model API is judged again by the kind of its credential", () =>
    Effect.gen(function* () {
      const { home } = yield* refusedWorld
      const observed: Draft = {
        type: "ApiOutcomeObserved",
        v: 1,
        credential: CredentialId.make("key"),
        data: { generation: {}, accepted: false, count: 1, evidence: { status: 401, body: "empty", left: true } }
      }
      const [recorded] = yield* inLedger(
        home,
        false,
        Ledger.use((ledger) => ledger.append([observed]))
      )
      const { provider, today } = yield* inLedger(home, true, classifyAgain(recorded?.seq ?? 0))
      assert.deepStrictEqual([provider, today.verdict.verdict], ["openai", "GrantRevoked"])
    })
  )
})

describe.concurrent("the command", () => {
  it.live("shows what was concluded from a refused refresh, and what would be today", () =>
    Effect.gen(function* () {
      const { events, run, seqOf } = yield* refusedWorld
      const seq = seqOf(({ type }) => type === "RefreshFailed")
      const at = new Date(events[Number(seq) - 1]?.at ?? 0).toISOString()
      const told = `Terminal Revoked (rule codes/refresh_token_revoked, classifier ${classifierVersion})`
      assert.deepStrictEqual(yield* run(["classify", "--event", seq]), {
        code: 0,
        stdout: [
          `Event ${seq}, ${at}, of openai-codex`,
          `  then        ${told}`,
          `  now         ${told}`,
          "  The verdict is the same.",
          ""
        ].join("\n"),
        stderr: ""
      })
    })
  )

  it.live("gives both verdicts of a call that the model API refused in JSON, and changes nothing", () =>
    Effect.gen(function* () {
      const { events, home, run, seqOf } = yield* refusedWorld
      const before = readFileSync(join(home, "ledger.jsonl"), "utf8")
      const seq = seqOf(isRefused)
      const { code, stderr, stdout } = yield* run(["classify", "--json", "--event", seq])
      assert.deepStrictEqual([code, stderr], [0, ""])
      const event = events[Number(seq) - 1]
      const { retryAt, ...recorded } = conclusionIn(events, event)
      const until = new Date(retryAt ?? 0).toISOString()
      assert.deepStrictEqual(JSON.parse(stdout), {
        seq: Number(seq),
        at: new Date(event?.at ?? 0).toISOString(),
        provider: "openai-codex",
        recorded: { ...recorded, retryAt: until },
        today: {
          verdict: "RateLimited",
          scope: "credential",
          until,
          successor: false,
          rule: { id: "api/status/429", version: 1, matches: "status 429", source: "RFC 6585 section 4" },
          classifier: classifierVersion,
          evidence: { status: 429, body: "empty", retryAfter: until, left: true }
        },
        same: true
      })
      assert.strictEqual(readFileSync(join(home, "ledger.jsonl"), "utf8"), before)
    })
  )

  it.live("refuses a place that the ledger does not have with 2, and names those that it has", () =>
    Effect.gen(function* () {
      const { events, run } = yield* refusedWorld
      const seq = events.length + 1
      assert.deepStrictEqual(yield* run(["classify", `--event=${seq}`]), {
        code: 2,
        stdout: "",
        stderr: `There is no event ${seq}. The ledger's events are 1 to ${events.length}.\n`
      })
      const below = yield* run(["classify", "--event=0"])
      assert.deepStrictEqual([below.code, below.stdout], [2, ""])
    })
  )

  it.live("looks into a ledger that was copied from elsewhere, and needs the place of an event in it", () =>
    Effect.gen(function* () {
      const { run } = yield* refusedWorld
      const recording = new URL("../../../examples/ledgers/refusals-that-nobody-knows", import.meta.url)
      const ledger = ["--ledger", fileURLToPath(recording)]
      const { code, stderr, stdout } = yield* run(["classify", "--event", "11", ...ledger])
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.include(stdout, "Transient Unrecognized (rule unrecognized")
      const without = yield* run(["classify", ...ledger])
      assert.deepStrictEqual([without.code, without.stdout], [2, ""])
      assert.include(without.stderr, "Name the event with --event SEQ")
    })
  )

  it.live("refuses to be told of an event what the ledger knows of it", () =>
    Effect.gen(function* () {
      const { run } = yield* refusedWorld
      assert.deepStrictEqual(yield* run(["classify", "--event", "1", "--surface", "api"]), {
        code: 2,
        stdout: "",
        stderr: "The ledger knows the surface of its events. Leave --surface out.\n"
      })
    })
  )

  it.live("refuses an event that is no refusal with 2, its type, and what to name in its place", () =>
    Effect.gen(function* () {
      const { run, seqOf } = yield* refusedWorld
      const accepted = seqOf((event) => event.type === "ApiOutcomeObserved" && event.data.accepted)
      for (const [seq, type] of [
        ["1", "LedgerOpened"],
        [accepted, "ApiOutcomeObserved"]
      ] as const) {
        const { code, stderr, stdout } = yield* run(["classify", "--event", seq])
        assert.deepStrictEqual([code, stdout], [2, ""])
        assert.match(stderr, new RegExp(`^Event ${seq} is ${type}, not a refusal\\. [^\n]*\`daybook log\`[^\n]*\n$`))
      }
    })
  )

  it.live(
    "says that an event is lost with a damaged line, takes no other for it, and says where the archived are",
    () =>
      Effect.gen(function* () {
        const { home, run, seqOf, user } = yield* refusedWorld
        const path = join(home, "ledger.jsonl")
        const seq = seqOf(({ type }) => type === "RefreshStarted")
        writeFileSync(path, readFileSync(path, "utf8").replace("RefreshStarted", "RefreshStarteb"))
        const refused = Effect.fnUntraced(function* (seq: string) {
          const { code, stderr, stdout } = yield* run(["classify", "--event", seq])
          assert.strictEqual(stdout, "")
          assert.match(stderr, /^[^\n]+\n$/)
          return `${code} ${stderr}`
        })
        assert.include(yield* refused(seq), `1 ${path} is damaged`)
        assert.strictEqual((yield* run(["repair"])).code, 0)
        assert.include(yield* refused(seq), `2 Event ${seq} is lost`)
        assert.strictEqual((yield* run(["archive", "--before", "2100-01-01", "--to", join(user, "old")])).code, 0)
        assert.match(yield* refused("1"), /^1 .*and not event 1\. Put archived segments back to see older ones\./)
      })
  )

  it.live("says where there is no ledger, and makes none", () =>
    Effect.gen(function* () {
      const { home, run } = yield* makeWorld
      const { code, stderr, stdout } = yield* run(["classify", "--event", "1"])
      assert.deepStrictEqual([code, stdout], [1, ""])
      assert.match(stderr, new RegExp(`^There is no ledger in ${home}\\. [^\n]*\n$`))
      assert.isFalse(existsSync(home))
    })
  )
})
