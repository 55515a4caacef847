/** `daybook bundle`: an excerpt that others may see. */
import { answer } from "@daybook/cli/commands/Bundle"
import { Bundle } from "@daybook/cli/json/Bundle"
import { verify } from "@daybook/ledger/Verify"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { CredentialId, GrantId } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { jsonOf, linesOf, tooWide, told } from "./support/Answers.ts"
import { eventsIn } from "./support/Ledger.ts"
import { placeOf, writePast } from "./support/Past.ts"
import { tempFolder } from "./support/TempFolder.ts"
import { uuid, write } from "./support/Written.ts"

const asked = (
  folder: string,
  more: { readonly since?: string; readonly credential?: ReadonlyArray<string> } = {}
) => ({
  folder,
  until: Option.none(),
  ledger: Option.none(),
  since: Option.fromUndefinedOr(more.since),
  credential: more.credential ?? []
})

/** Makes an excerpt of a morning, and reads both. */
const excerpt = Effect.fnUntraced(function* (more?: Parameters<typeof asked>[1]) {
  const home = yield* Effect.tap(tempFolder, writePast)
  const folder = join(yield* tempFolder, "report")
  const lines = yield* linesOf(answer(told(home), asked(folder, more)))
  return { home, folder, lines, before: eventsIn(home), after: eventsIn(folder) }
})

const typesOf = (events: ReadonlyArray<Recorded>) => events.map(({ type }) => type)

describe("an excerpt", () => {
  it.effect("is a whole ledger of its own, whose first line names the source, its range and its head", () =>
    Effect.gen(function* () {
      const { after, before, folder, lines } = yield* excerpt()
      assert.deepInclude(yield* verify(folder), { isConsistent: true, events: after.length, firstBad: undefined })
      const { data: source } = before[0] as { readonly data: { readonly ledger: string } }
      const { data } = after[0] as { readonly data: { readonly ledger: string; readonly excerpt: object } }
      assert.deepInclude(data.excerpt, { ledger: source.ledger, from: 1, to: before.length, head: before.length })
      assert.notStrictEqual(data.ledger, source.ledger)
      assert.deepStrictEqual(typesOf(after), typesOf(before))
      assert.deepStrictEqual(
        after.map(({ actor, at, id }) => ({ actor, at, id })),
        before.map(({ actor, at, id }) => ({ actor, at, id }))
      )
      assert.deepStrictEqual(tooWide(lines.slice(1)), [])
    })
  )

  it.effect("keeps which tokens are the same, and none of their fingerprints", () =>
    Effect.gen(function* () {
      const { after, before } = yield* excerpt()
      const all = (events: ReadonlyArray<Recorded>) => JSON.stringify(events.slice(1)).match(/fp_[\w-]{16}/g) ?? []
      assert.isAbove(all(before).length, 10)
      const renamed = new Map(all(before).map((fingerprint, place) => [fingerprint, all(after)[place]]))
      assert.deepStrictEqual(
        all(before).map((fingerprint) => renamed.get(fingerprint)),
        all(after)
      )
      assert.strictEqual(new Set(renamed.values()).size, renamed.size)
      for (const fingerprint of renamed.keys()) assert.notInclude(JSON.stringify(after), fingerprint)
    })
  )

  it.effect("tells nothing of machines, people, folders and requests, wherever they stand", () =>
    Effect.gen(function* () {
      const home = yield* tempFolder
      const grant = GrantId.make(uuid(9, 1))
      const credential = CredentialId.make("main")
      const path = "/home/ada/vaults of gamma/auth.json"
      const message = `Request by ada@lovelace.example from ${hostname()} failed, see /home/ada/log`
      yield* write(home, [
        {
          by: "worker",
          event: {
            type: "CredentialEnrolled",
            v: 1,
            credential,
            data: {
              provider: "openai-codex",
              kind: "oauth",
              grant,
              label: "Ada's plan",
              priority: 0,
              source: "manual",
              ownership: "owned",
              store: { kind: "hermes", path, slot: "main" }
            }
          }
        },
        {
          by: "worker",
          event: {
            type: "ApiOutcomeObserved",
            v: 1,
            credential,
            data: {
              generation: { access: Fingerprint.make("fp_aaaaaaaaaaaaaaaa") },
              accepted: false,
              count: 1,
              evidence: { status: 401, code: "token_expired", message, requestId: "req_of_ada", left: true }
            }
          }
        }
      ])
      const folder = join(yield* tempFolder, "report")
      yield* answer(told(home), asked(folder))
      const data = JSON.stringify(
        eventsIn(folder)
          .slice(1)
          .map(({ data }) => data)
      )
      assert.notInclude(data, "fp_aaaa")
      // Chance may spell a short name in a fingerprint.
      const text = data.replaceAll(/fp_[\w-]{16}/g, "fp")
      for (const secret of ["ada", "Ada", "gamma", "lovelace", hostname(), "req_of_ada"]) {
        assert.notInclude(text, secret)
      }
      const outcome = eventsIn(folder).find(({ type }) => type === "ApiOutcomeObserved")
      assert.deepNestedInclude(outcome, {
        "data.evidence.message": "Request by [address] from host-1 failed, see [path]",
        "data.evidence.code": "token_expired"
      })
      assert.include(text, '"path":"folder-1/auth.json"')
    })
  )

  it.effect("of a time has what is needed to understand it, and of one credential what is its own", () =>
    Effect.gen(function* () {
      const { after, before } = yield* excerpt({
        since: String(placeOf("old", "CredentialRemoved") + 1),
        credential: ["main"]
      })
      assert.deepStrictEqual(typesOf(after), [
        "LedgerOpened",
        "ActorJoined",
        "CredentialEnrolled",
        "GenerationObserved",
        "ApiOutcomeObserved",
        "ActorJoined",
        "RefreshSucceeded",
        "ApiOutcomeObserved",
        "ErrorClassified",
        "RefreshStarted",
        "RefreshFailed",
        "ErrorClassified",
        "CredentialQuarantined"
      ])
      assert.deepNestedInclude(after[0], {
        "data.excerpt.from": placeOf("old", "CredentialRemoved") + 1,
        "data.excerpt.to": before.length
      })
    })
  )

  it.effect("of a time before the ledger began has all of it", () =>
    Effect.gen(function* () {
      const { after, before } = yield* excerpt({ since: "-70d" })
      assert.deepStrictEqual(typesOf(after), typesOf(before))
      assert.deepNestedInclude(after[0], { "data.excerpt.from": 1 })
    })
  )

  it.effect("asks for the folder around it, and leaves nothing where it cannot be written", () =>
    Effect.gen(function* () {
      const home = yield* Effect.tap(tempFolder, writePast)
      const around = join(yield* tempFolder, "none")
      const { message } = yield* Effect.flip(answer(told(home), asked(join(around, "report"))))
      assert.strictEqual(message, `Cannot create ${around}/report (ENOENT). Make the folder ${around} first.`)
      const { message: unknown } = yield* Effect.flip(answer(told(home), asked(around, { credential: ["nobody"] })))
      assert.match(unknown, /nobody/)
      assert.isFalse(existsSync(around))
    })
  )

  it.effect("is for its owner alone, in a folder of its own, and takes nothing's place", () =>
    Effect.gen(function* () {
      const { folder, home } = yield* excerpt()
      assert.deepStrictEqual(readdirSync(folder), ["ledger.jsonl"])
      assert.strictEqual(statSync(join(folder, "ledger.jsonl")).mode & 0o777, 0o600)
      const text = readFileSync(join(folder, "ledger.jsonl"), "utf8")
      const { message } = yield* Effect.flip(answer(told(home), asked(folder)))
      assert.match(message, /There is something in that folder; name another one\. Nothing is overwritten\.$/)
      assert.strictEqual(readFileSync(join(folder, "ledger.jsonl"), "utf8"), text)
    })
  )

  it.effect("says in JSON what it was made of", () =>
    Effect.gen(function* () {
      const home = yield* Effect.tap(tempFolder, writePast)
      const folder = join(yield* tempFolder, "report")
      mkdirSync(folder)
      const made = Schema.decodeUnknownSync(Bundle)(yield* jsonOf(answer(told(home, true), asked(folder))))
      assert.deepInclude(made, { folder, events: eventsIn(folder).length, leftOut: 0 })
      assert.match(made.source.h ?? "", /^[\w-]{43}$/)
    })
  )

  it.effect("of a damaged ledger is made of what stands before the damage", () =>
    Effect.gen(function* () {
      const home = yield* Effect.tap(tempFolder, writePast)
      const path = join(home, "ledger.jsonl")
      writeFileSync(path, readFileSync(path, "latin1").replace('"old"', '"odd"'))
      const folder = join(yield* tempFolder, "report")
      yield* answer(told(home), asked(folder))
      const last = placeOf("old", "CredentialEnrolled") - 1
      assert.strictEqual(eventsIn(folder).length, last)
      assert.deepNestedInclude(eventsIn(folder)[0], { "data.excerpt.head": last })
    })
  )
})
