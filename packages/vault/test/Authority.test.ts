/** The contract of every authority that may be written, run on each store that has one. */
import type { StoreRef } from "@daybook/pool/StoreRef"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { Authority } from "@daybook/vault/Authority"
import * as HermesStore from "@daybook/vault/HermesStore"
import * as MemoryStore from "@daybook/vault/MemoryStore"
import * as OwnStore from "@daybook/vault/OwnStore"
import type { Store } from "@daybook/vault/Store"
import type { StoreError } from "@daybook/vault/StoreError"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, type Scope } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { grantId, hasGeneration, hermesFile, ours, pair, pairOf, revealed } from "./support/Samples.ts"
import { tempFolder } from "./support/TempFolder.ts"

/** A store with one login whose tokens are these, and where it is. */
type Setup = (
  tokens: TokenSet
) => Effect.Effect<{ readonly store: Store; readonly ref: StoreRef }, StoreError, Scope.Scope>

const own: Setup = Effect.fnUntraced(function* (tokens) {
  const home = yield* tempFolder
  const login = { grant: grantId, provider: "openai-codex", source: "device_code", tokens }
  const ref = yield* OwnStore.create(home, login, "1 second")
  return { store: OwnStore.make(home), ref }
})

const hermes = (slot: string, put: (file: ReturnType<typeof hermesFile>, tokens: object) => void): Setup =>
  Effect.fnUntraced(function* (tokens) {
    const path = join(yield* tempFolder, "auth.json")
    const file = hermesFile()
    const [access_token, refresh_token] = pairOf(tokens)
    put(file, { access_token, refresh_token })
    writeFileSync(path, JSON.stringify(file))
    return { store: HermesStore.make({ path, ledger: ours }), ref: { kind: "hermes", path, slot } }
  })

const block = hermes("providers.openai-codex", (file, tokens) =>
  Object.assign(file.providers["openai-codex"].tokens, tokens)
)

const row = hermes("credential_pool.openai-codex.bbbbbb", (file, tokens) =>
  Object.assign(file.credential_pool["openai-codex"][1]!, tokens)
)

const memory: Setup = (tokens) => {
  const ref: StoreRef = { kind: "memory", slot: "one" }
  const login = { store: ref, provider: "openai-codex", kind: "oauth", ownership: "owned", source: "test" } as const
  return Effect.succeed({ store: MemoryStore.make([{ ...login, priority: 0, tokens }]), ref })
}

const open = (setup: Setup, tokens: TokenSet): Effect.Effect<Authority, StoreError, Scope.Scope> =>
  Effect.flatMap(setup(tokens), ({ ref, store }) => store.authority(ref))

const dead = { code: "refresh_token_reused", message: "it was used before", at: Date.UTC(2026, 10, 22, 12) }

const stores: Record<string, Setup> = {
  "the own store": own,
  "a hermes block": block,
  "a hermes row": row,
  memory: memory
}

describe.each(Object.entries(stores))("an authority in %s", (_, setup) => {
  it.live("may be written and reads what is there", () =>
    Effect.gen(function* () {
      const authority = yield* open(setup, pair(1))
      assert.isTrue(authority.writable)
      assert.deepStrictEqual(pairOf(yield* authority.read), ["access-1", "refresh-1"])
    })
  )

  it.live("takes blank strings for nothing", () =>
    Effect.gen(function* () {
      const authority = yield* open(setup, { access: Redacted.make(""), refresh: Redacted.make(" ") })
      assert.deepStrictEqual(pairOf(yield* authority.read), [undefined, undefined])
    })
  )

  it.live("stores a successor over what it replaces", () =>
    Effect.gen(function* () {
      const authority = yield* open(setup, pair(1))
      const next = { ...pair(2), idToken: Redacted.make("id-2"), refreshedAt: Date.UTC(2026, 10, 22, 10) }
      assert.deepStrictEqual(yield* authority.store(next, hasGeneration(1)), { _tag: "Stored" })
      assert.deepStrictEqual(pairOf(yield* authority.read), ["access-2", "refresh-2"])
      assert.strictEqual((yield* authority.read).refreshedAt, next.refreshedAt)
    })
  )

  it.live("keeps the refresh token when the successor has none", () =>
    Effect.gen(function* () {
      const authority = yield* open(setup, pair(1))
      yield* authority.store({ access: Redacted.make("access-2") }, () => true)
      assert.deepStrictEqual(pairOf(yield* authority.read), ["access-2", "refresh-1"])
    })
  )

  it.live("drops the old access token when the successor has only a refresh token", () =>
    Effect.gen(function* () {
      const authority = yield* open(setup, pair(1))
      yield* authority.store({ refresh: Redacted.make("refresh-2") }, () => true)
      assert.deepStrictEqual(pairOf(yield* authority.read), [undefined, "refresh-2"])
    })
  )

  it.live("leaves other tokens than expected alone and answers them", () =>
    Effect.gen(function* () {
      const authority = yield* open(setup, pair(5))
      const answer = yield* authority.store(pair(2), hasGeneration(1))
      assert.strictEqual(answer._tag, "Mismatch")
      if (answer._tag === "Mismatch") assert.deepStrictEqual(pairOf(answer.found), ["access-5", "refresh-5"])
      assert.deepStrictEqual(pairOf(yield* authority.read), ["access-5", "refresh-5"])
    })
  )

  it.live("clears a dead pair, says why in the store, and takes a new one afterwards", () =>
    Effect.gen(function* () {
      const { ref, store } = yield* setup(pair(1))
      const authority = yield* store.authority(ref)
      assert.isTrue((yield* authority.clear(hasGeneration(1), dead)).cleared)
      assert.deepStrictEqual(pairOf(yield* authority.read), [undefined, undefined])
      const shown = (yield* store.survey).logins.find((login) => login.store.slot === ref.slot)
      assert.deepInclude(shown?.lastAuthError, dead)

      assert.deepStrictEqual(yield* authority.store(pair(2), ({ refresh }) => !refresh), { _tag: "Stored" })
      const revived = (yield* store.survey).logins.find((login) => login.store.slot === ref.slot)
      assert.isUndefined(revived?.lastAuthError)
    })
  )

  it.live("clears nothing when another pair is there", () =>
    Effect.gen(function* () {
      const authority = yield* open(setup, pair(2))
      const before = revealed(yield* authority.read)
      const answer = yield* authority.clear(hasGeneration(1), dead)
      assert.deepStrictEqual(answer, { cleared: false, removed: [], why: "the store holds other tokens by now" })
      assert.deepStrictEqual(revealed(yield* authority.read), before)
    })
  )

  it.live("clears nothing a second time", () =>
    Effect.gen(function* () {
      const authority = yield* open(setup, pair(1))
      yield* authority.clear(hasGeneration(1), dead)
      const answer = yield* authority.clear(() => true, dead)
      assert.deepStrictEqual(answer, { cleared: false, removed: [], why: "the store holds no tokens" })
    })
  )

  it.live("has one lock, which ends with its scope", () =>
    Effect.gen(function* () {
      const { ref, store } = yield* setup(pair(1))
      const first = yield* store.authority(ref)
      const second = yield* store.authority(ref)
      const waiting = Effect.scoped(second.lock("60 millis"))
      const refused = yield* Effect.scoped(Effect.andThen(first.lock("1 second"), Effect.flip(waiting)))
      assert.strictEqual(refused.operation, "lock")
      assert.strictEqual(refused.reason._tag, "Busy")
      yield* waiting
    })
  )
})

describe.each([
  ["the own store", own],
  ["memory", memory]
] as const)("what %s knows of a login", (_, setup) => {
  const known = {
    account: "me",
    loggedInAt: Date.UTC(2026, 10, 1),
    deadline: Date.UTC(2026, 11, 1),
    resource: "portal.qwen.ai"
  }

  it.live("stays when the answer to a refresh does not say it", () =>
    Effect.gen(function* () {
      const authority = yield* open(setup, { ...pair(1), ...known, expiresAt: Date.UTC(2026, 10, 22) })
      yield* authority.store({ ...pair(2), refreshedAt: 1000 }, hasGeneration(1))
      const { access: _access, refresh: _refresh, ...rest } = yield* authority.read
      assert.deepStrictEqual(rest, { ...known, refreshedAt: 1000 })
    })
  )

  it.live("changes when the answer says otherwise", () =>
    Effect.gen(function* () {
      const authority = yield* open(setup, { ...pair(1), ...known })
      const next = { deadline: Date.UTC(2027, 0, 1), resource: "chat.qwen.ai" }
      yield* authority.store({ ...pair(2), ...next }, hasGeneration(1))
      assert.deepInclude(yield* authority.read, { ...known, ...next })
    })
  )

  it.live("is not the next login's: nothing outlives a dead one", () =>
    Effect.gen(function* () {
      const authority = yield* open(setup, { ...pair(1), ...known })
      yield* authority.clear(hasGeneration(1), dead)
      yield* authority.store(pair(2), () => true)
      const after = yield* authority.read
      for (const name of Object.keys(known)) assert.notProperty(after, name)
    })
  )
})
