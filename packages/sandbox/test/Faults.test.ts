import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type TokenFault } from "@daybook/sandbox/Faults"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import * as Client from "./support/Client.ts"

/** One refresh under a fault: what the client saw, what the journal says, and how the same token fares afterwards. */
const under = (fault: TokenFault) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make()
    const login = yield* sandbox.issue()
    yield* sandbox.fault({ fault, grant: login.grant })
    const reply = yield* Effect.option(Client.refresh(sandbox.origin, login.refresh_token))
    const post = yield* sandbox.settled(1)
    const after = yield* Client.refresh(sandbox.origin, login.refresh_token)
    return { sandbox, reply: reply._tag === "Some" ? reply.value : null, post, after: after.status }
  })

describe("faults that spend nothing", () => {
  it.live("a status, with headers and body as ordered", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* under({
        _tag: "Status",
        status: 429,
        headers: { "retry-after": "120" },
        body: '{"error":"rate_limited"}'
      })
      assert.strictEqual(reply?.status, 429)
      assert.strictEqual(reply?.headers.get("retry-after"), "120")
      assert.deepStrictEqual(reply?.body, { error: "rate_limited" })
      assert.deepInclude(post, { fault: "Status", committed: false, status: 429, outcome: "answered" })
      assert.strictEqual(after, 200)
    })
  )

  it.live("a challenge page", () =>
    Effect.gen(function* () {
      const { reply, after } = yield* under({ _tag: "HtmlChallenge" })
      assert.strictEqual(reply?.status, 403)
      assert.strictEqual(reply?.headers.get("cf-mitigated"), "challenge")
      assert.match(reply?.headers.get("content-type") ?? "", /^text\/html/)
      assert.strictEqual(after, 200)
    })
  )

  it.live("a redirect, and the trap stays empty when it is not followed", () =>
    Effect.gen(function* () {
      const { sandbox, reply, after } = yield* under({ _tag: "Redirect" })
      assert.strictEqual(reply?.status, 307)
      assert.strictEqual(reply?.headers.get("location"), `${sandbox.trapOrigin}/oauth/token`)
      assert.notStrictEqual(sandbox.trapOrigin, sandbox.origin)
      assert.deepStrictEqual(yield* sandbox.trapped, [])
      assert.strictEqual(after, 200)
    })
  )

  it.live("a reset before the commit", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* under({ _tag: "Reset", commit: false })
      assert.isNull(reply)
      assert.deepInclude(post, { committed: false, outcome: "reset", status: null, flushed: false })
      assert.strictEqual(after, 200)
    })
  )

  it.live("a page of HTML under status 200", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* under({ _tag: "Garbage", commit: false })
      assert.strictEqual(reply?.status, 200)
      assert.match(reply?.text ?? "", /^<html>/)
      assert.isFalse(post.committed)
      assert.strictEqual(after, 200)
    })
  )
})

describe("faults that spend the token", () => {
  it.live("a status after the commit", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* under({ _tag: "Status", status: 502, commit: true })
      assert.strictEqual(reply?.status, 502)
      assert.isTrue(post.committed)
      assert.strictEqual(after, 401)
    })
  )

  it.live("a reset after the commit", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* under({ _tag: "Reset", commit: true })
      assert.isNull(reply)
      assert.deepInclude(post, { committed: true, outcome: "reset", flushed: false })
      assert.isNotNull(post.successor)
      assert.strictEqual(after, 401)
    })
  )

  it.live("a body cut in the middle", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* under({ _tag: "CutBody" })
      assert.isNull(reply)
      assert.deepInclude(post, { committed: true, outcome: "cut", status: 200, flushed: false })
      assert.strictEqual(after, 401)
    })
  )

  it.live("a page of HTML after the commit", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* under({ _tag: "Garbage", commit: true })
      assert.match(reply?.text ?? "", /^<html>/)
      assert.isTrue(post.committed)
      assert.strictEqual(after, 401)
    })
  )

  it.live("an answer with nothing but a new refresh token", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* under({ _tag: "NoAccessToken" })
      assert.strictEqual(reply?.status, 200)
      assert.deepStrictEqual(reply?.body, { refresh_token: post.successor })
      assert.strictEqual(after, 401)
    })
  )
})

describe("a late answer", () => {
  const leaveEarly = (commit: boolean) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      yield* sandbox.fault({ fault: { _tag: "Delay", millis: 60_000, commit } })
      const hold = yield* sandbox.hold(commit ? "afterCommit" : "beforeReading")
      const client = Client.postRaw(sandbox.origin, login.refresh_token)
      yield* hold.parked()
      yield* hold.release
      client.destroy()
      return yield* sandbox.settled(1)
    })

  it.live("arrives whole", () =>
    Effect.gen(function* () {
      const { reply, post } = yield* under({ _tag: "Delay", millis: 5, commit: false })
      assert.strictEqual(reply?.status, 200)
      assert.deepInclude(post, { fault: "Delay", committed: true, flushed: true })
    })
  )

  it.live("costs nothing if the client gives up during a wait before the commit", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* leaveEarly(false), { committed: false, outcome: "dropped" })
    })
  )

  it.live("costs the token if the client gives up during a wait after the commit", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* leaveEarly(true), { committed: true, outcome: "dropped" })
    })
  )
})

describe("the queue", () => {
  it.live("a fault for one grant leaves the others alone and is used up", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const one = yield* sandbox.issue()
      const two = yield* sandbox.issue()
      yield* sandbox.fault({ fault: { _tag: "Status", status: 503 }, grant: one.grant, times: 2 })
      const tokens = [one, two, one, one].map((login) => login.refresh_token)
      const replies = yield* Effect.forEach(tokens, (token) => Client.refresh(sandbox.origin, token))
      assert.deepStrictEqual(
        replies.map((reply) => reply.status),
        [503, 200, 503, 200]
      )
    })
  )

  it.live("a fault for all meets whoever comes next", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      yield* sandbox.fault({ fault: { _tag: "Status", status: 500 } })
      assert.strictEqual((yield* Client.refresh(sandbox.origin, login.refresh_token)).status, 500)
      assert.strictEqual((yield* Client.refresh(sandbox.origin, login.refresh_token)).status, 200)
    })
  )

  it.live("a client that follows the redirect is seen in the trap, with what it carried", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      yield* sandbox.fault({ fault: { _tag: "Redirect" } })
      yield* Client.send(`${sandbox.origin}/oauth/token`, {
        method: "POST",
        redirect: "follow",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: `grant_type=refresh_token&refresh_token=${login.refresh_token}`
      })
      const [caught] = yield* sandbox.trapped
      assert.include(caught?.body, login.refresh_token)
    })
  )
})
