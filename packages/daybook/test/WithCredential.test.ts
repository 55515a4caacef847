import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Credential, Report } from "daybook"
import { failure, inStage, twoAtAnthropic, twoAtOpenAi } from "./support/inStage.ts"
import { inWorld } from "./support/inWorld.ts"
import type * as Stage from "./support/Stage.ts"

const run = Effect.runPromise
const provider = "openai-codex"

class Refused extends Error {}

/** A call as a program makes it that has a client of its own. */
const call =
  (stage: Stage.Stage) =>
  async ({ headers }: Credential, report: Report) => {
    const response = await fetch(`${stage.sandbox.origin}/v1/models`, { headers })
    await report(response)
    if (!response.ok) throw new Refused(await response.text())
    return response.status
  }

const refuse = (stage: Stage.Stage, label: string, status: number, times = 1) =>
  run(
    stage.sandbox.apiFault({
      fault: { _tag: "Status", status },
      grant: stage.logins.get(label)?.grant ?? assert.fail(label),
      times
    })
  )

const statuses = async ({ sandbox }: Stage.Stage) => (await run(sandbox.apiCalls)).map(({ status }) => status)

describe("withCredential", () => {
  it.live("lends a credential with the headers that a request needs", () =>
    inStage(twoAtAnthropic, async (stage) => {
      const lent = await stage.pool.withCredential("anthropic", async (credential) => credential)
      const login = stage.logins.get("one") ?? assert.fail()
      assert.deepInclude(lent, { id: "one", label: "one", provider: "anthropic", token: login.access_token })
      assert.deepStrictEqual(lent.headers, {
        authorization: `Bearer ${login.access_token}`,
        "anthropic-beta": "oauth-2025-04-20"
      })
      assert.instanceOf(lent.expiresAt, Date)
    })
  )

  it.live("is answered what the function answers", () =>
    inStage(twoAtOpenAi, async (stage) => {
      assert.strictEqual(await stage.pool.withCredential(provider, call(stage)), 200)
      assert.deepStrictEqual(await statuses(stage), [200])
    })
  )

  it.live("calls again with the next token of a login whose access token is over", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", 401)
      const ids: Array<string> = []
      const status = await stage.pool.withCredential(provider, (credential, report) => {
        ids.push(credential.id)
        return call(stage)(credential, report)
      })
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(ids, ["one", "one"])
      assert.strictEqual((await run(stage.sandbox.journal)).length, 1)
    })
  )

  it.live("calls again with the next credential after a rate limit, and with no more than it may", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", 429)
      assert.strictEqual(await stage.pool.withCredential(provider, call(stage)), 200)
      await refuse(stage, "two", 429)
      const error = await failure(stage, stage.pool.withCredential(provider, call(stage), { maxAttempts: 1 }))
      assert.instanceOf(error, Refused)
      assert.deepStrictEqual(await statuses(stage), [429, 200, 429])
    })
  )

  it.live("tells what a report was judged to be", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const verdict = await stage.pool.withCredential(provider, (_, report) =>
        report({ status: 402, headers: {}, body: "" })
      )
      assert.strictEqual(verdict?.verdict, "BillingRequired")
    })
  )

  it.live("takes a response outside of it too, and leaves it to its reader", () =>
    inStage(twoAtOpenAi, async ({ pool }) => {
      const { token } = await pool.getToken(provider)
      const response = new Response("slower", { status: 429, headers: { "retry-after": "60" } })
      assert.strictEqual((await pool.report(provider, token, response))?.verdict, "RateLimited")
      assert.strictEqual(await response.text(), "slower")
      assert.strictEqual((await pool.getToken(provider)).credential, "two")
    })
  )

  it.live("leaves the response that is reported to its reader", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", 400)
      const text = await stage.pool.withCredential(provider, async ({ headers }, report) => {
        const response = await fetch(`${stage.sandbox.origin}/v1/models`, { headers })
        await report(response)
        return response.text()
      })
      assert.include(text, "The sandbox was told to answer 400")
    })
  )

  it.live("passes on what is thrown without a refusal, and calls once", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const mistake = new Error("a mistake")
      let calls = 0
      const pending = stage.pool.withCredential(provider, async (credential, report) => {
        calls += 1
        await call(stage)(credential, report)
        throw mistake
      })
      assert.strictEqual(await failure(stage, pending), mistake)
      assert.strictEqual(calls, 1)
    })
  )

  it.live("does not call again what came to its end in spite of a refusal", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", 429)
      const status = await stage.pool.withCredential(provider, async ({ headers }, report) => {
        const response = await fetch(`${stage.sandbox.origin}/v1/models`, { headers })
        await report(response)
        return response.status
      })
      assert.strictEqual(status, 429)
    })
  )

  it.live("ends with its signal", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const controller = new AbortController()
      const begun = Promise.withResolvers<void>()
      const use = () => {
        begun.resolve()
        return new Promise<never>(() => {})
      }
      const pending = failure(stage, stage.pool.withCredential(provider, use, { signal: controller.signal }))
      await begun.promise
      const reason = new Error("enough")
      controller.abort(reason)
      assert.strictEqual(await pending, reason)
    })
  )
})

describe("a revoked login", () => {
  it.live("that a new one has replaced meanwhile gets another try", () =>
    inWorld(async (world) => {
      await using pool = await world.open()
      const tokens: Array<string> = []
      const answer = await pool.withCredential(provider, async ({ id, token }, report) => {
        assert.strictEqual(id, "main")
        tokens.push(token)
        if (tokens.length > 1) return "answered"
        await world.logIn()
        await report({ status: 401, headers: {}, body: JSON.stringify({ error: { code: "token_invalidated" } }) })
        throw new Refused()
      })
      assert.strictEqual(answer, "answered")
      assert.strictEqual(tokens[1], world.login.access_token)
    })
  )
})

describe("a report", () => {
  it.live("counts also if nobody waits for it", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const label = await stage.pool.withCredential(provider, async ({ label }, report) => {
        if (label !== "one") return label
        void report({ status: 429, headers: { "retry-after": "60" }, body: "" })
        throw new Refused()
      })
      assert.strictEqual(label, "two")
    })
  )

  it.live("is in the ledger when the call is over, though nobody waited for it", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await stage.pool.withCredential(provider, async (_, report) => {
        void report({ status: 429, headers: { "retry-after": "60" }, body: "" })
      })
      const { credentials } = await stage.pool.status()
      assert.strictEqual(credentials.find(({ label }) => label === "one")?.word, "cooling")
    })
  )

  it.live("may be of an answer that has a reader already", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", 429)
      const label = await stage.pool.withCredential(provider, async ({ headers, label }, report) => {
        const response = await fetch(`${stage.sandbox.origin}/v1/models`, { headers })
        const reader = response.body?.getReader()
        await report(response)
        await reader?.cancel()
        if (!response.ok) throw new Refused()
        return label
      })
      assert.strictEqual(label, "two")
    })
  )
})

describe("credentials", () => {
  it.live("says when the token ends, in seconds", () =>
    inStage(twoAtOpenAi, async ({ pool }) => {
      const { expiresAt } = await pool.getToken(provider)
      const answer = await pool.credentials(provider)()
      assert.strictEqual(answer.expiresAt, Math.floor((expiresAt?.getTime() ?? 0) / 1000))
    })
  )

  it.live("gives another token when it is told that the last one was refused", () =>
    inStage(twoAtOpenAi, async ({ pool, sandbox }) => {
      const credentials = pool.credentials(provider)
      const first = await credentials()
      const second = await credentials({ forceRefresh: true })
      assert.notStrictEqual(second.token, first.token)
      assert.strictEqual((await run(sandbox.journal)).length, 1)
    })
  )

  it.live("refreshes once for requests that were refused together and say so one after the other", () =>
    inStage(twoAtOpenAi, async ({ pool, sandbox }) => {
      const credentials = pool.credentials(provider)
      await credentials()
      const { token } = await credentials({ forceRefresh: true })
      for (const _ of [1, 2, 3]) assert.strictEqual((await credentials({ forceRefresh: true })).token, token)
      assert.strictEqual((await run(sandbox.journal)).length, 1)
    })
  )

  it.live("does not refresh what somebody else has refreshed meanwhile", () =>
    inStage(twoAtOpenAi, async ({ pool, sandbox }) => {
      const credentials = pool.credentials(provider)
      const { token } = await credentials()
      const newer = await pool.getToken(provider, { failedToken: token })
      assert.strictEqual((await credentials({ forceRefresh: true })).token, newer.token)
      assert.strictEqual((await run(sandbox.journal)).length, 1)
    })
  )
})
