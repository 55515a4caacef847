import { apiKeyProvider } from "@daybook/oauth/ApiKeyProvider"
import { anthropic } from "@daybook/oauth/providers/Anthropic"
import { providerAt } from "@daybook/oauth/Provider"
import type { ApiFault } from "@daybook/sandbox/Faults"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { credentialOf, ForbiddenOrigin, type FetchOptions, type Recorded, type Step } from "daybook"
import { once } from "node:events"
import { rename } from "node:fs/promises"
import type { ServerResponse } from "node:http"
import { join } from "node:path"
import { readLedger } from "./support/Audit.ts"
import { failure, inStage, twoAtAnthropic, twoAtOpenAi } from "./support/inStage.ts"
import * as OwnServer from "./support/OwnServer.ts"
import type * as Stage from "./support/Stage.ts"
import { patient } from "./support/World.ts"

const run = Effect.runPromise
const provider = "openai-codex"

const grantOf = (stage: Stage.Stage, label: string) => stage.logins.get(label)?.grant ?? assert.fail(label)
const tokenOf = (stage: Stage.Stage, label: string) => stage.logins.get(label)?.access_token ?? assert.fail(label)

const url = ({ sandbox }: Stage.Stage, path = "/v1/responses") => `${sandbox.origin}${path}`
const asking = (body: RequestInit["body"] = JSON.stringify({ model: "m", input: "hello" })): RequestInit => ({
  method: "POST",
  ...(body === undefined ? {} : { body })
})

const expire = (stage: Stage.Stage, label: string) => run(stage.sandbox.expireAccess({ grant: grantOf(stage, label) }))

const refuse = (stage: Stage.Stage, label: string, fault: ApiFault, times = 1) =>
  run(stage.sandbox.apiFault({ fault, grant: grantOf(stage, label), times }))

const limited: ApiFault = { _tag: "Status", status: 429, headers: { "retry-after": "60" } }

const calls = ({ sandbox }: Stage.Stage) => run(sandbox.apiCalls)
const statuses = async (stage: Stage.Stage) => (await calls(stage)).map(({ status }) => status)

/** Waits until the ledger has such an event. */
const untilRecorded = async (stage: Stage.Stage, type: Recorded["type"]): Promise<Recorded> => {
  for await (const event of stage.pool.events()) if (event.type === type) return event
  return assert.fail(type)
}

const open = (stage: Stage.Stage, options?: FetchOptions) => stage.pool.fetch(provider, options)

describe("what pool.fetch sends", () => {
  it.live("is the login in place of the caller's placeholder, with the account it belongs to", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const headers = { authorization: "Bearer placeholder", "chatgpt-account-id": "somebody-else", "x-own": "kept" }
      const response = await open(stage)(url(stage), { ...asking(), headers })
      assert.strictEqual(response.status, 200)
      const [call] = await calls(stage)
      const login = stage.logins.get("one")
      assert.deepInclude(call?.headers, {
        authorization: `Bearer ${login?.access_token}`,
        "chatgpt-account-id": login?.account_id,
        "x-own": "kept"
      })
    })
  )

  it.live("is an API key where its provider has it, without what only a login needs", () =>
    inStage(
      (origin) => [{ provider: providerAt(anthropic, origin), kind: "apiKey", labels: ["key"] }],
      async (stage) => {
        const headers = { authorization: "Bearer placeholder" }
        await stage.pool.fetch("anthropic")(url(stage, "/v1/messages"), { ...asking(), headers })
        const [call] = await calls(stage)
        assert.strictEqual(call?.headers["x-api-key"], tokenOf(stage, "key"))
        assert.isUndefined(call?.headers["authorization"])
        assert.isUndefined(call?.headers["anthropic-beta"])
      }
    )
  )

  it.live("is an API key of a provider that is nothing but its origins", () =>
    inStage(
      (origin) => [
        { provider: apiKeyProvider({ id: "router", apiOrigins: [origin] }), kind: "apiKey", labels: ["key"] }
      ],
      async (stage) => {
        const response = await stage.pool.fetch("router")(url(stage), asking())
        assert.strictEqual(response.status, 200)
        assert.strictEqual((await calls(stage))[0]?.headers["authorization"], `Bearer ${tokenOf(stage, "key")}`)
      }
    )
  )

  it.live("keeps the caller's own beta features", () =>
    inStage(twoAtAnthropic, async (stage) => {
      const headers = { "anthropic-beta": "one, oauth-2025-04-20" }
      await stage.pool.fetch("anthropic")(url(stage, "/v1/messages"), { ...asking(), headers })
      assert.strictEqual((await calls(stage))[0]?.headers["anthropic-beta"], "one, oauth-2025-04-20")
    })
  )

  it.live("is nothing at all to an origin that is not the provider's", () =>
    inStage(twoAtOpenAi, (stage) =>
      run(
        Effect.scoped(
          Effect.gen(function* () {
            const elsewhere = yield* OwnServer.make((response) => response.end())
            const error = yield* Effect.promise(() => failure(stage, open(stage)(elsewhere.origin, asking())))
            assert.instanceOf(error, ForbiddenOrigin)
            assert.strictEqual(error.origin, elsewhere.origin)
            assert.deepStrictEqual(error.allowed, [stage.sandbox.origin])
            assert.deepStrictEqual(elsewhere.requests, [])
          })
        )
      )
    )
  )

  it.live("follows no redirect: the answer that names one is the caller's", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", { _tag: "Redirect" })
      const response = await open(stage)(url(stage), { ...asking(), redirect: "follow" })
      assert.strictEqual(response.status, 307)
      assert.deepStrictEqual(await run(stage.sandbox.trapped), [])
    })
  )
})

describe("when the API refuses, pool.fetch", () => {
  it.live("goes on with the next credential, says so, and says which one it was in the end", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", limited)
      const steps: Array<Step> = []
      const response = await open(stage, { onStep: (step) => steps.push(step) })(url(stage), asking())
      assert.strictEqual(response.status, 200)
      assert.deepInclude(credentialOf(response), { label: "two", provider })
      const [step] = steps
      assert.strictEqual(steps.length, 1)
      assert.deepInclude(step, { label: "one", next: "next credential", sent: 1 })
      assert.strictEqual(step?.verdict.verdict, "RateLimited")
    })
  )

  it.live("says until when each is benched when nobody is left", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", limited)
      await refuse(stage, "two", limited)
      const steps: Array<Step> = []
      const response = await open(stage, { onStep: (step) => steps.push(step) })(url(stage), asking())
      assert.strictEqual(response.status, 429)
      assert.deepStrictEqual(
        steps.map(({ label, next }) => `${label} ${next}`),
        ["one next credential", "two next credential", "two give up"]
      )
      const [, reason = "", ...each] = /^(.+)\n(.+)\n(.+)$/.exec(steps.at(-1)?.why ?? "") ?? []
      assert.match(reason, /; No credential of "openai-codex" is available; try again at .+Z\.$/)
      for (const why of each) assert.match(why, /: cooling \(RateLimited\) until /)
    })
  )

  it.live("says that no other is left when everybody's next token was refused too", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", { _tag: "Status", status: 401 }, 2)
      await refuse(stage, "two", { _tag: "Status", status: 401 }, 2)
      const steps: Array<Step> = []
      const fetch = open(stage, { maxAttempts: 9, onStep: (step) => steps.push(step) })
      assert.strictEqual((await fetch(url(stage), asking())).status, 401)
      assert.include(
        steps.at(-1)?.why,
        "is available; no other is left.\n  one: refused already for this very request\n"
      )
    })
  )

  it.live("tries another credential when the first one's next token is refused too", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", { _tag: "Status", status: 401 }, 2)
      const steps: Array<Step["next"]> = []
      const response = await open(stage, { onStep: ({ next }) => steps.push(next) })(url(stage), asking())
      assert.strictEqual(response.status, 200)
      assert.deepStrictEqual(steps, ["renew", "next credential"])
      assert.deepStrictEqual(await statuses(stage), [401, 401, 200])
      assert.strictEqual((await run(stage.sandbox.journal)).length, 1)
    })
  )

  it.live("tries another credential when the first one cannot be refreshed", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await expire(stage, "one")
      await run(stage.sandbox.fault({ fault: { _tag: "Status", status: 503 }, grant: grantOf(stage, "one"), times: 9 }))
      const response = await open(stage)(url(stage), asking())
      assert.deepInclude(credentialOf(response), { label: "two" })
      assert.deepStrictEqual(await statuses(stage), [401, 200])
    })
  )

  it.live("asks nobody twice who has refused, whatever the policy makes of it", () =>
    inStage(
      twoAtOpenAi,
      async (stage) => {
        await open(stage, { credential: "two" })(url(stage), asking())
        await untilRecorded(stage, "ApiOutcomeObserved")
        const body = JSON.stringify({ error: { code: "permission_denied", message: "no" } })
        await refuse(stage, "one", { _tag: "Status", status: 403, body }, 9)
        const response = await open(stage)(url(stage), asking())
        assert.strictEqual(response.status, 200)
        assert.deepStrictEqual(await statuses(stage), [200, 403, 200])
        assert.strictEqual((await stage.pool.getToken(provider, { model: "m" })).label, "one")
      },
      { policy: { ...patient, cooldown: { ...patient.cooldown, NotEntitled: 0 } } }
    )
  )

  it.live("stays with the credential that was asked for", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "two", limited)
      const response = await open(stage, { credential: "two" })(url(stage), asking())
      assert.strictEqual(response.status, 429)
      assert.deepStrictEqual(
        (await calls(stage)).map(({ grant }) => grant),
        [grantOf(stage, "two")]
      )
    })
  )

  it.live("sends no more often than it may", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", limited)
      const response = await open(stage, { maxAttempts: 1 })(url(stage), asking())
      assert.strictEqual(response.status, 429)
      assert.deepStrictEqual(await statuses(stage), [429])
    })
  )

  const named: ReadonlyArray<readonly [string, () => NonNullable<RequestInit["body"]>]> = [
    ["first in its JSON", () => JSON.stringify({ model: "rare", input: "hello" })],
    ["anywhere in its JSON", () => JSON.stringify({ input: 'say "model": "wrong"', model: "rare" })],
    ["in its form", () => formWith("model", "rare")]
  ]

  for (const [where, body] of named) {
    it.live(`benches only the model that a request names ${where}`, () =>
      inStage(twoAtOpenAi, async (stage) => {
        const refusal = JSON.stringify({ error: { code: "model_not_found", message: "no such model" } })
        await refuse(stage, "one", { _tag: "Status", status: 404, body: refusal })
        await open(stage)(url(stage), asking(body()))
        const label = async (model: string) => (await stage.pool.getToken(provider, { model })).label
        assert.deepStrictEqual([await label("rare"), await label("usual")], ["two", "one"])
      })
    )
  }

  it.live("hands the last refusal over whole, however long it is", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const body = JSON.stringify({ error: { message: "no", padding: "x".repeat(300_000) } })
      await refuse(stage, "one", { _tag: "Status", status: 400, body })
      const response = await open(stage)(url(stage), asking())
      assert.strictEqual(await response.text(), body)
      assert.strictEqual(response.url, url(stage))
    })
  )
})

describe("a crowd of callers", { timeout: 60_000 }, () => {
  const crowd = async (stage: Stage.Stage) => {
    const fetch = open(stage)
    const responses = await Promise.all(Array.from({ length: 40 }, () => fetch(url(stage), asking())))
    assert.isTrue(responses.every(({ status }) => status === 200))
    return new Set(responses.map((response) => credentialOf(response)?.label))
  }

  it.live("whose access token is over is served by one refresh", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await expire(stage, "one")
      assert.deepStrictEqual(await crowd(stage), new Set(["one"]))
      assert.strictEqual((await run(stage.sandbox.journal)).length, 1)
    })
  )

  it.live("whose login is revoked goes on with the next one", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await run(stage.sandbox.revoke({ grant: grantOf(stage, "one") }))
      assert.deepStrictEqual(await crowd(stage), new Set(["two"]))
      const quarantined = (await readLedger(stage)).filter(({ type }) => type === "CredentialQuarantined")
      assert.strictEqual(quarantined.length, 1)
    })
  )

  it.live("that meets a rate limit goes on with the next one", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", limited, 40)
      assert.deepStrictEqual(await crowd(stage), new Set(["two"]))
      const benched = (await readLedger(stage)).filter(({ type }) => type === "CooldownStarted")
      assert.isBelow(benched.length, 10) // whoever is told later learns of a later end
    })
  )
})

describe("reports of one moment", () => {
  it.live("bench once", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const answer = { status: 429, headers: { "retry-after": "60" }, body: "" }
      const reports = Array.from({ length: 30 }, () => stage.pool.report(provider, tokenOf(stage, "one"), answer))
      const verdicts = await Promise.all(reports)
      assert.isTrue(verdicts.every((verdict) => verdict?.verdict === "RateLimited"))
      const types = (await readLedger(stage)).map(({ type }) => type)
      assert.strictEqual(types.filter((type) => type === "CooldownStarted").length, 1)
      assert.strictEqual(types.filter((type) => type === "ApiOutcomeObserved").length, 30)
    })
  )
})

describe("the body of a request", () => {
  const replayed: ReadonlyArray<readonly [string, () => NonNullable<RequestInit["body"]>]> = [
    ["text", () => "hello"],
    ["bytes", () => new TextEncoder().encode("hello")],
    ["a buffer", () => new TextEncoder().encode("hello").buffer],
    ["a form", () => new URLSearchParams({ a: "b" })],
    ["a form with files", () => formWith("file", new Blob(["hello"]))],
    ["a blob", () => new Blob(["hello"])]
  ]

  for (const [what, body] of replayed) {
    it.live(`is sent again if it is ${what}`, () =>
      inStage(twoAtOpenAi, async (stage) => {
        await refuse(stage, "one", limited)
        const response = await open(stage)(url(stage), asking(body()))
        assert.strictEqual(response.status, 200)
      })
    )
  }

  const once: ReadonlyArray<readonly [string, (url: string) => Parameters<typeof fetch>]> = [
    ["a stream", (url) => [url, { method: "POST", body: new Blob(["hello"]).stream(), duplex: "half" }]],
    ["the body of a Request", (url) => [new Request(url, asking())]]
  ]

  for (const [what, request] of once) {
    it.live(`is sent once if it is ${what}; the refusal is the caller's, and known to the pool`, () =>
      inStage(twoAtOpenAi, async (stage) => {
        await refuse(stage, "one", limited)
        const steps: Array<Step> = []
        const response = await open(stage, { onStep: (step) => steps.push(step) })(...request(url(stage)))
        assert.strictEqual(response.status, 429)
        assert.deepStrictEqual(await statuses(stage), [429])
        assert.match(steps[0]?.why ?? "", /body .* cannot be sent a second time/)
        const { credentials } = await stage.pool.status()
        assert.strictEqual(credentials.find(({ label }) => label === "one")?.word, "cooling")
      })
    )
  }

  it.live("of a Request without one is no obstacle", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", limited)
      const request = new Request(url(stage, "/v1/models"), { headers: { "x-own": "kept" } })
      const response = await open(stage)(request)
      assert.strictEqual(response.status, 200)
      assert.strictEqual((await calls(stage))[1]?.headers["x-own"], "kept")
    })
  )
})

const formWith = (name: string, value: string | Blob) => {
  const form = new FormData()
  if (typeof value === "string") form.set(name, value)
  else form.set(name, value, "hello.txt")
  return form
}

describe("an answer that breaks off", () => {
  const streamed = JSON.stringify({ model: "m", input: "hello", stream: true })

  it.live("in the middle of a stream is the caller's, and an event that changes nothing", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const before = await stage.pool.status()
      await refuse(stage, "one", { _tag: "CutBody" })
      const response = await open(stage)(url(stage), asking(streamed))
      const read: Array<string> = []
      const error = await failure(stage, readInto(read, response))
      assert.instanceOf(error, TypeError)
      assert.include(read.join(""), "response.created")
      const event = await untilRecorded(stage, "ApiCallBroken")
      assert.nestedPropertyVal(event, "data.evidence.status", 200)
      assert.nestedPropertyVal(event, "data.evidence.fault", "UND_ERR_SOCKET")
      assert.nestedPropertyVal(event, "data.model", "m")
      const words = async () => (await stage.pool.status()).credentials.map(({ word }) => word)
      assert.deepStrictEqual(
        await words(),
        before.credentials.map(({ word }) => word)
      )
      assert.deepStrictEqual(await statuses(stage), [200])
    })
  )

  it.live("in the middle of a JSON body is that too", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", { _tag: "CutBody" })
      const response = await open(stage)(url(stage), asking())
      assert.instanceOf(await failure(stage, response.json()), TypeError)
      await untilRecorded(stage, "ApiCallBroken")
    })
  )

  it.live("before it began is thrown as the transport said it, and recorded", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", { _tag: "Reset" })
      const error = await failure(stage, open(stage)(url(stage), asking()))
      assert.instanceOf(error, TypeError)
      assert.strictEqual(error.message, "fetch failed")
      const event = await untilRecorded(stage, "ApiCallBroken")
      assert.nestedPropertyVal(event, "data.evidence.left", true)
    })
  )

  it.live("since nobody listens there says that nothing was sent", () =>
    Effect.gen(function* () {
      const { origin } = yield* Effect.scoped(OwnServer.make(() => {}))
      const provider = apiKeyProvider({ id: "deaf", apiOrigins: [origin] })
      yield* inStage(
        () => [{ provider, kind: "apiKey", labels: ["key"] }],
        async (stage) => {
          const error = await failure(stage, stage.pool.fetch("deaf")(origin))
          assert.nestedPropertyVal(error, "cause.code", "ECONNREFUSED")
          const event = await untilRecorded(stage, "ApiCallBroken")
          assert.nestedPropertyVal(event, "data.evidence.left", false)
        }
      )
    })
  )

  it.live("is no matter for the ledger when its reader only got its JSON wrong", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await refuse(stage, "one", { _tag: "Status", status: 200, body: "no JSON" })
      const response = await open(stage)(url(stage), asking())
      assert.instanceOf(await failure(stage, response.json()), SyntaxError)
      await noFaults(stage)
    })
  )
})

/** A provider whose server begins an answer with a first event, and leaves the rest to the test. */
const slowly = (test: (stage: Stage.Stage, origin: string, begun: () => ServerResponse) => Promise<void>) =>
  Effect.scoped(
    Effect.gen(function* () {
      let last: ServerResponse | undefined
      const server = yield* OwnServer.make((response) => {
        last = response
        response.writeHead(200, { "content-type": "text/event-stream" })
        response.write("data: first\n\n")
      })
      const provider = apiKeyProvider({ id: "slow", apiOrigins: [server.origin] })
      yield* inStage(
        () => [{ provider, kind: "apiKey", labels: ["key"] }],
        (stage) => test(stage, server.origin, () => last ?? assert.fail())
      )
    })
  )

/** After the pool has closed, which waits for what is on its way to the ledger. */
const noFaults = async (stage: Stage.Stage) => {
  await stage.pool.close()
  assert.isFalse((await readLedger(stage)).some(({ type }) => type === "ApiCallBroken"))
}

describe("a stream", () => {
  it.live("comes to its reader piece by piece, while the rest is not written yet", () =>
    slowly(async ({ pool }, origin, begun) => {
      const response = await pool.fetch("slow")(origin)
      const reader = response.body?.getReader() ?? assert.fail()
      const next = async () => new TextDecoder().decode((await reader.read()).value)
      assert.strictEqual(await next(), "data: first\n\n")
      begun().end("data: last\n\n")
      assert.strictEqual(await next(), "data: last\n\n")
      assert.isTrue((await reader.read()).done)
    })
  )

  it.live("that its reader leaves is left by the pool too", () =>
    slowly(async (stage, origin, begun) => {
      const response = await stage.pool.fetch("slow")(origin)
      const left = once(begun(), "close")
      await response.body?.cancel()
      await left
      await noFaults(stage)
    })
  )

  it.live("that its caller aborts says so to the reader, and is no fault of anybody", () =>
    slowly(async (stage, origin) => {
      const controller = new AbortController()
      const response = await stage.pool.fetch("slow")(origin, { signal: controller.signal })
      const reader = response.body?.getReader() ?? assert.fail()
      await reader.read()
      const rest = failure(stage, reader.read())
      const reason = Object.assign(new Error("enough"), { code: "ENOUGH" })
      controller.abort(reason)
      assert.strictEqual(await rest, reason)
      await noFaults(stage)
    })
  )
})

const readInto = async (read: Array<string>, response: Response): Promise<void> => {
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? assert.fail()) read.push(decoder.decode(chunk, { stream: true }))
}

describe("an AbortSignal", () => {
  it.live("that has fired already ends the call before anything is asked", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const reason = new Error("enough")
      const error = await failure(stage, open(stage)(url(stage), { ...asking(), signal: AbortSignal.abort(reason) }))
      assert.strictEqual(error, reason)
      assert.deepStrictEqual(await calls(stage), [])
    })
  )

  it.live("ends the waiting for a refresh at once; the refresh goes on", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await expire(stage, "one")
      const hold = await run(stage.sandbox.hold("beforeReading", { grant: grantOf(stage, "one") }))
      const controller = new AbortController()
      const pending = failure(stage, open(stage)(url(stage), { ...asking(), signal: controller.signal }))
      await run(hold.parked())
      const reason = new Error("enough")
      controller.abort(reason)
      assert.strictEqual(await pending, reason)
      await run(hold.release)
      await untilRecorded(stage, "RefreshSucceeded")
      assert.deepStrictEqual(await statuses(stage), [401])
    })
  )
})

describe("what is accepted", () => {
  it.live("is as it came: its address, its kind, its copies", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const response = await open(stage)(url(stage), asking())
      assert.instanceOf(response, Response)
      assert.strictEqual(response.url, url(stage))
      assert.strictEqual(response.constructor, Response)
      const copy = response.clone()
      assert.strictEqual(await copy.text(), await response.text())
      assert.isTrue(response.bodyUsed)
    })
  )

  it.live("can be looked at for a body before it is read whole", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const response = await open(stage)(url(stage), asking())
      assert.isNotNull(response.body)
      assert.nestedPropertyVal(await response.json(), "object", "response")
    })
  )

  it.live("is in the ledger even if the pool is closed at once", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await open(stage)(url(stage), asking())
      await stage.pool.close()
      assert.include(
        (await readLedger(stage)).map(({ type }) => type),
        "ApiOutcomeObserved"
      )
    })
  )

  it.live("is in the ledger to the last call once the pool is closed", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const fetch = open(stage)
      for (const _ of [1, 2, 3]) await (await fetch(url(stage), asking())).text()
      await stage.pool.close()
      const counts = (await readLedger(stage)).flatMap((event) =>
        event.type === "ApiOutcomeObserved" && event.data.accepted ? [event.data.count] : []
      )
      assert.deepStrictEqual(counts, [1, 2])
    })
  )
})

describe("a ledger that cannot be written", () => {
  const withoutLedger = (stage: Stage.Stage) => rename(join(stage.home, "ledger.jsonl"), join(stage.home, "gone.jsonl"))

  it.live("does not take a good answer away", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await stage.pool.getToken(provider)
      await withoutLedger(stage)
      const response = await open(stage)(url(stage), asking())
      assert.nestedPropertyVal(await response.json(), "object", "response")
    })
  )

  it.live("does not hide what the provider said", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await stage.pool.getToken(provider)
      await withoutLedger(stage)
      await refuse(stage, "one", { _tag: "Status", status: 429, body: "slow down" })
      const response = await open(stage)(url(stage), asking())
      assert.strictEqual(await response.text(), "slow down")
    })
  )
})
