/** `daybook hash`: whether a ledger knows a token. */
import { answer } from "@daybook/cli/commands/Hash"
import { Hash } from "@daybook/cli/json/Hash"
import { Stop } from "@daybook/cli/Stop"
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { Fingerprints } from "@daybook/pool/Fingerprint"
import { CredentialId, GrantId } from "@daybook/pool/Ids"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Redacted, Schedule, Schema, Stdio, Stream } from "effect"
import { copyFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { jsonOf, linesOf, told } from "./support/Answers.ts"
import { flawsIn } from "./support/JsonSchemas.ts"
import { tempFolder } from "./support/TempFolder.ts"
import { uuid } from "./support/Written.ts"

const token = "rt_a-secret-of-ours"
const credential = CredentialId.make("main")
const grant = GrantId.make(uuid(9, 1))

/** A ledger in which `main` has the token. */
const ledger = Effect.gen(function* () {
  const folder = yield* tempFolder
  const fill = Effect.gen(function* () {
    const refresh = (yield* Fingerprints).of(Redacted.make(token))
    yield* (yield* Ledger).append([
      {
        type: "CredentialEnrolled",
        v: 1,
        credential,
        data: {
          provider: "openai-codex",
          kind: "oauth",
          grant,
          priority: 0,
          source: "manual",
          ownership: "owned",
          store: { kind: "own", slot: "main" }
        }
      },
      {
        type: "GenerationObserved",
        v: 1,
        credential,
        data: { grant, generation: { refresh }, where: "own", how: "login" }
      }
    ])
  })
  yield* Effect.provide(fill, FileLedger.layer({ folder, program: "test", version: "1" }))
  return folder
})

const flags = { at: Option.none(), ledger: Option.none() }

const ask = (folder: string, input: string, json = false) =>
  Effect.provide(
    answer(told(folder, json), flags),
    Stdio.layerTest({ stdin: Stream.fromArray([new TextEncoder().encode(input)]) })
  )

describe("a token on standard input", () => {
  it.effect("that the ledger knows is named by its fingerprint, with what it is and where it stands", () =>
    Effect.gen(function* () {
      const folder = yield* ledger
      const text = (yield* linesOf(ask(folder, `${token}\n`))).join(" ")
      assert.match(
        text,
        /^fp_[\w-]{16} is the current refresh token of main \(openai-codex\)\. One event names it: 4 \(/
      )
      assert.notInclude(text, token)
      const json = yield* jsonOf(ask(folder, token, true))
      assert.deepStrictEqual(flawsIn("hash", json), [])
      const found = Schema.decodeUnknownSync(Hash)(json)
      assert.isTrue(found.known)
      assert.deepInclude(found.uses[0], { credential, role: "refresh", standing: "current", events: 1 })
    })
  )

  it.effect("that the ledger does not know ends with exit code 1, and says under which name it looked", () =>
    Effect.gen(function* () {
      const folder = yield* ledger
      const stopped = yield* Effect.flip(ask(folder, `${token}x`))
      assert.isTrue(stopped instanceof Stop && stopped.exitCode === 1 && stopped.message === "")
    })
  )

  it.effect("must be one token", () =>
    Effect.gen(function* () {
      const folder = yield* ledger
      for (const input of [
        "",
        "\n",
        "two tokens",
        `{"refresh_token": "${token}"}`,
        `{"t":"${token}"}`,
        `"${token}"`,
        "\0\0",
        "é"
      ]) {
        const { message } = yield* Effect.flip(ask(folder, input))
        assert.match(message, /^Standard input should hold one token, and nothing else/)
        assert.notInclude(message, token)
      }
    })
  )

  it.effect("is not waited for without end", () =>
    Effect.gen(function* () {
      const piece = new TextEncoder().encode("x".repeat(10_000))
      const endless = Stdio.layerTest({ stdin: Stream.repeat(Stream.succeed(piece), Schedule.forever) })
      const stopped = yield* Effect.flip(Effect.provide(answer(told(yield* ledger), flags), endless))
      assert.match(stopped.message, /^Standard input should hold one token, and nothing else/)
    })
  )

  it.effect("that is none, but a text that the ledger has a fingerprint of, is said to be that", () =>
    Effect.gen(function* () {
      const text = (yield* linesOf(ask(yield* ledger, "daybook"))).join(" ")
      assert.match(text, /^fp_[\w-]{16} is no token of a credential\. One event names it: 1 \(/)
    })
  )

  it.effect("cannot be looked for without the ledger's own key", () =>
    Effect.gen(function* () {
      const [folder, other] = [yield* ledger, yield* ledger]
      copyFileSync(join(other, "fingerprint.key"), join(folder, "fingerprint.key"))
      assert.match((yield* Effect.flip(ask(folder, token))).message, /is not the key its ledger was begun with/)
      rmSync(join(folder, "fingerprint.key"))
      assert.match((yield* Effect.flip(ask(folder, token))).message, /the key of the ledger beside it, is missing/)
    })
  )
})
