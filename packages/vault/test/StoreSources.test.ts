import type { StoreRef } from "@daybook/pool/StoreRef"
import { sourcesOf } from "@daybook/vault/StoreSources"
import { assert, it } from "@effect/vitest"
import { claudeCode, grok, qwen } from "./support/Declared.ts"

const claude = { ...claudeCode, path: "/home/me/.claude/.credentials.json" }
const grokFile = { ...grok, path: "/home/me/.grok/auth.json" }
const qwenFile = { ...qwen, path: "/home/me/.qwen/oauth_creds.json" }

/** Logins of a program that nobody declares. */
const logins = (stores: ReadonlyArray<StoreRef>) =>
  stores.map((store) => ({ store, provider: "anthropic", source: "somebody" }))

it("stores with a reader of their own are opened once for each file", () => {
  const refs = [
    { kind: "hermes", path: "/a", slot: "providers.nous" },
    { kind: "hermes", path: "/a", slot: "providers.openai-codex" },
    { kind: "codex-cli", path: "/a", slot: "tokens" },
    { kind: "own", path: "/b", slot: "one" },
    { kind: "env", slot: "env:KEY" },
    { kind: "memory", slot: "one" }
  ] as const
  assert.deepStrictEqual(sourcesOf(logins(refs)), [
    { kind: "hermes", path: "/a" },
    { kind: "codex-cli", path: "/a" }
  ])
})

it("a profile of hermes is opened with its root, or alone if nothing is known of the root", () => {
  const ofProfile = { kind: "hermes", path: "/h/profiles/office/auth.json", slot: "providers.openai-codex" } as const
  const ofRoot = { kind: "hermes", path: "/h/auth.json", slot: "providers.openai-codex" } as const
  const elsewhere = { kind: "hermes", path: "/other/auth.json", slot: "providers.openai-codex" } as const
  assert.deepStrictEqual(sourcesOf(logins([ofProfile, ofRoot])), [{ kind: "hermes", path: "/h/auth.json" }])
  assert.deepStrictEqual(sourcesOf(logins([ofProfile, elsewhere])), [
    { kind: "hermes", path: "/h/profiles/office/auth.json" },
    { kind: "hermes", path: "/other/auth.json" }
  ])
})

it("a declared file is opened, once, if the ledger has logins of it", () => {
  const refs = [
    { kind: "file", path: grokFile.path, slot: "https://auth.x.ai::abc" },
    { kind: "file", path: grokFile.path, slot: "https://auth.x.ai::def" },
    { kind: "file", path: qwenFile.path, slot: "tokens" }
  ] as const
  assert.deepStrictEqual(sourcesOf(logins(refs), [claude, grokFile, qwenFile]), [
    { kind: "file", file: grokFile },
    { kind: "file", file: qwenFile }
  ])
})

it("a file that nobody declares is not opened, nor one that another program's declaration has elsewhere", () => {
  const ref = { kind: "file", path: claude.path, slot: "claudeAiOauth" } as const
  assert.deepStrictEqual(sourcesOf(logins([ref])), [])
  assert.deepStrictEqual(sourcesOf(logins([ref]), [{ ...claude, path: "/elsewhere" }]), [])
})

it("of two declarations of one file the one is opened that speaks of the login's place", () => {
  const ref = { kind: "file", path: claude.path, slot: "claudeAiOauth" } as const
  const other = { ...claude, at: ["mcpOAuth"] }
  assert.deepStrictEqual(sourcesOf(logins([ref]), [other, claude]), [{ kind: "file", file: claude }])
})

it("another store at the path of a declared file does not open it", () => {
  const ref = { kind: "hermes", path: claude.path, slot: "claudeAiOauth" } as const
  assert.deepStrictEqual(sourcesOf(logins([ref]), [claude]), [{ kind: "hermes", path: claude.path }])
})

it("a file of a declared program in an unusual place is opened there, once", () => {
  const { owner: source, provider } = claude
  const login = { store: { kind: "file", path: "/elsewhere", slot: "claudeAiOauth" }, provider, source } as const
  assert.deepStrictEqual(sourcesOf([login, login], [qwenFile, claude]), [
    { kind: "file", file: { ...claude, path: "/elsewhere" } }
  ])
  assert.deepStrictEqual(sourcesOf([{ ...login, provider: "another" }], [claude]), [])
})
