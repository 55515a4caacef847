/**
 * The id token and the account that stand beside a login's pair in hermes' file: programs that read the file cannot do
 * without them.
 */
import * as HermesStore from "@daybook/vault/HermesStore"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { hasGeneration, ours, pair } from "./support/Samples.ts"
import { tempFolder } from "./support/TempFolder.ts"

const identity = (n: number) => ({ id_token: `id-${n}`, account_id: "workspace-1" })
const tokens = (n: number) => ({ access_token: `access-${n}`, refresh_token: `refresh-${n}` })

const row = { id: "seeded", auth_type: "oauth", source: "device_code", ...tokens(1) }
const slot = "providers.openai-codex"

/** A block with its id token, and what is known of it in the row that hermes made of it. */
const given = Effect.fnUntraced(function* (inRow: object) {
  const path = join(yield* tempFolder, "auth.json")
  const block = { tokens: { ...tokens(1), ...identity(1) }, auth_mode: "chatgpt" }
  const file = {
    version: 1,
    providers: { "openai-codex": block },
    credential_pool: { "openai-codex": [{ ...row, ...inRow }] }
  }
  writeFileSync(path, JSON.stringify(file))
  const authority = yield* HermesStore.make({ path, ledger: ours }).authority({ kind: "hermes", path, slot })
  return {
    authority,
    read: () => {
      const file = JSON.parse(readFileSync(path, "utf8"))
      return { inBlock: file.providers["openai-codex"].tokens, inRow: file.credential_pool["openai-codex"][0] }
    }
  }
})

describe("the id token and the account in hermes' file", () => {
  it.live("go with a new pair into the block and into a row that has them", () =>
    Effect.gen(function* () {
      const { authority, read } = yield* given(identity(1))
      const next = { ...pair(2), idToken: Redacted.make("id-2"), account: "workspace-1" }
      yield* authority.store(next, hasGeneration(1))
      assert.include(read().inBlock, { ...tokens(2), ...identity(2) })
      assert.include(read().inRow, { ...tokens(2), ...identity(2) })
    })
  )

  it.live("stay where they are when an answer does not repeat them", () =>
    Effect.gen(function* () {
      const { authority, read } = yield* given(identity(1))
      yield* authority.store(pair(2), hasGeneration(1))
      assert.include(read().inBlock, { ...tokens(2), ...identity(1) })
      assert.include(read().inRow, { ...tokens(2), ...identity(1) })
    })
  )

  it.live("come along when another program's pair is read", () =>
    Effect.gen(function* () {
      const { authority } = yield* given({})
      const { account, idToken } = yield* authority.read
      assert.strictEqual(account, "workspace-1")
      assert.strictEqual(idToken === undefined ? "" : Redacted.value(idToken), "id-1")
    })
  )
})
