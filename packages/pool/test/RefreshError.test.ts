import { Raced, RefreshError, Terminal, Transient } from "@daybook/pool/RefreshError"
import { assert, it } from "@effect/vitest"
import { Schema } from "effect"
import { credentialId, generation, grantId, provider, start } from "./support.ts"

const errorOf = (reason: RefreshError["reason"]) =>
  new RefreshError({ provider, credential: credentialId, grant: grantId, reason })

const reasons = {
  waiting: new Transient({ reason: "RateLimited", retryAt: start, detail: "the provider answered 429" }),
  blocked: new Transient({ reason: "Borrowed", detail: "run codex" }),
  dead: new Terminal({ reason: "Reused", rule: "codes/reused", remedy: "Run: daybook login codex-1" }),
  raced: new Raced({ found: generation(2), winner: { store: "hermes" } })
}

it("a message says which login, what is wrong, and the next step", () => {
  const message = (reason: keyof typeof reasons) => errorOf(reasons[reason]).message
  assert.strictEqual(
    message("waiting"),
    "openai-codex (codex-1): RateLimited, the provider answered 429; not before 2026-11-22T10:00:00.000Z"
  )
  assert.strictEqual(message("blocked"), "openai-codex (codex-1): Borrowed, run codex")
  assert.strictEqual(
    message("dead"),
    "openai-codex (codex-1): the login is dead (Reused, rule codes/reused). Run: daybook login codex-1"
  )
  assert.include(message("raced"), "ask for the token again")
})

it("an error survives the way through JSON, with its reason", () => {
  const codec = Schema.fromJsonString(RefreshError)
  for (const reason of Object.values(reasons)) {
    const back = Schema.decodeSync(codec)(Schema.encodeSync(codec)(errorOf(reason)))
    assert.instanceOf(back, RefreshError)
    assert.deepStrictEqual(back.reason, reason)
  }
})
