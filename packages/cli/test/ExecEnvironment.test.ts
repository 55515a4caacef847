import { environmentFor } from "@daybook/cli/ExecEnvironment"
import { assert, describe, it } from "@effect/vitest"
import { Redacted } from "effect"

const token = (provider: string, kind: "oauth" | "apiKey") => ({
  provider,
  credential: `${provider}-1`,
  kind,
  tokens: { access: Redacted.make(`token-of-${provider}`) }
})

describe("the environment of a command", () => {
  it("has no other variable of the same provider left in it, since client libraries would use both", () => {
    const { environment } = environmentFor([token("anthropic", "oauth")], { ANTHROPIC_API_KEY: "older", HOME: "/h" })
    assert.strictEqual(environment["ANTHROPIC_AUTH_TOKEN"], "token-of-anthropic")
    assert.isUndefined(environment["ANTHROPIC_API_KEY"])
    assert.strictEqual(environment["HOME"], "/h")
  })

  it("says that nobody knows an end, rather than keeping an older one", () => {
    const { environment } = environmentFor([token("openrouter", "apiKey")], { DAYBOOK_EXPIRES_AT: "2026-01-01" })
    assert.strictEqual(environment["OPENROUTER_API_KEY"], "token-of-openrouter")
    assert.strictEqual(environment["DAYBOOK_EXPIRES_AT"], "")
  })

  it("does not pass on what an outer command was given for one token, when there are several", () => {
    const { environment } = environmentFor([token("openrouter", "apiKey"), token("nous", "oauth")], {
      DAYBOOK_TOKEN: "outer"
    })
    assert.isUndefined(environment["DAYBOOK_TOKEN"])
    assert.strictEqual(environment["DAYBOOK_TOKEN_NOUS"], "token-of-nous")
  })
})
