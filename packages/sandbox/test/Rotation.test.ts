import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { decodeJwt, decodeProtectedHeader } from "jose"
import { posts, reuses, rotations } from "@daybook/sandbox/Journal"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import { authClaim } from "@daybook/sandbox/Tokens"
import * as Client from "./support/Client.ts"

describe("rotation", () => {
  it.live("a refresh spends the token and answers a new pair that works", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      const first = yield* Client.refresh(sandbox.origin, login.refresh_token)
      assert.strictEqual(first.status, 200)
      assert.notStrictEqual(Client.textOf(first, "refresh_token"), login.refresh_token)
      const second = yield* Client.refresh(sandbox.origin, Client.textOf(first, "refresh_token"))
      assert.strictEqual(second.status, 200)
      assert.strictEqual((yield* Client.callApi(sandbox.origin, Client.textOf(second, "access_token"))).status, 200)
      const journal = yield* sandbox.journal
      assert.deepStrictEqual([posts(journal, login.grant), rotations(journal, login.grant)], [2, 2])
    })
  )

  it.live("a JSON body is read like a form", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      const reply = yield* Client.refreshJson(sandbox.origin, {
        grant_type: "refresh_token",
        refresh_token: login.refresh_token
      })
      assert.strictEqual(reply.status, 200)
    })
  )

  it.live("the journal names the presented token, its successor, the caller and the answer", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      const reply = yield* Client.refresh(sandbox.origin, login.refresh_token)
      const [post] = yield* sandbox.journal
      assert.deepInclude(post, {
        seq: 1,
        client: "test",
        grant: login.grant,
        presented: login.refresh_token,
        committed: true,
        successor: Client.textOf(reply, "refresh_token"),
        reuse: false,
        fault: null,
        outcome: "answered",
        status: 200,
        code: null,
        flushed: true
      })
    })
  )

  it.live("under reject a spent token is refused and its successor stays good", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue({ reuse: "reject" })
      const first = yield* Client.refresh(sandbox.origin, login.refresh_token)
      const again = yield* Client.refresh(sandbox.origin, login.refresh_token)
      assert.strictEqual(again.status, 401)
      assert.strictEqual((yield* Client.refresh(sandbox.origin, Client.textOf(first, "refresh_token"))).status, 200)
      const journal = yield* sandbox.journal
      assert.deepInclude(journal[1], { committed: false, reuse: true, successor: null, code: "refresh_token_reused" })
      assert.strictEqual(reuses(journal, login.grant), 1)
    })
  )

  it.live("under revokeFamily a spent token takes successor and access tokens with it", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue({ reuse: "revokeFamily" })
      const first = yield* Client.refresh(sandbox.origin, login.refresh_token)
      yield* Client.refresh(sandbox.origin, login.refresh_token)
      const successor = yield* Client.refresh(sandbox.origin, Client.textOf(first, "refresh_token"))
      assert.deepInclude(successor.body.error, { code: "refresh_token_invalidated" })
      const call = yield* Client.callApi(sandbox.origin, Client.textOf(first, "access_token"))
      assert.deepInclude(call.body.error, { code: "token_invalidated" })
    })
  )

  it.live("under grace a replay in time gets the same successor again and commits nothing", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue({ reuse: "grace", graceMillis: 60_000 })
      const first = yield* Client.refresh(sandbox.origin, login.refresh_token)
      const again = yield* Client.refresh(sandbox.origin, login.refresh_token)
      assert.strictEqual(again.body.refresh_token, first.body.refresh_token)
      assert.strictEqual(again.body.access_token, first.body.access_token)
      assert.deepInclude((yield* sandbox.journal)[1], { committed: false, reuse: true, status: 200 })
    })
  )

  it.live("without rotation a refresh token can be used again and again, and no new one is handed out", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue({ rotation: "off" })
      const first = yield* Client.refresh(sandbox.origin, login.refresh_token)
      const second = yield* Client.refresh(sandbox.origin, login.refresh_token)
      assert.deepStrictEqual([first.status, second.status], [200, 200])
      assert.notProperty(first.body, "refresh_token")
      assert.strictEqual((yield* Client.callApi(sandbox.origin, Client.textOf(first, "access_token"))).status, 200)
      assert.strictEqual(rotations(yield* sandbox.journal, login.grant), 0)
    })
  )

  it.live("fifty posts of one token at once give one rotation and forty-nine refusals", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      const replies = yield* Effect.all(
        Array.from({ length: 50 }, () => Client.refresh(sandbox.origin, login.refresh_token)),
        { concurrency: "unbounded" }
      )
      const winners = replies.filter((reply) => reply.status === 200)
      assert.strictEqual(winners.length, 1)
      const journal = yield* sandbox.journal
      assert.deepStrictEqual(
        [posts, rotations, reuses].map((count) => count(journal, login.grant)),
        [50, 1, 49]
      )
      const committed = journal.find((post) => post.committed)
      assert.strictEqual(committed?.successor, winners[0]?.body.refresh_token)
      assert.isTrue(journal.every((post) => post.flushed))
    })
  )

  it.live("a rotation can kill the access token that came before", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue({ revokePredecessorAccess: true })
      yield* Client.refresh(sandbox.origin, login.refresh_token)
      assert.strictEqual((yield* Client.callApi(sandbox.origin, login.access_token)).status, 401)
    })
  )

  it.live("two logins of one account rotate apart", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const one = yield* sandbox.issue({ account: "acc", reuse: "revokeFamily" })
      const two = yield* sandbox.issue({ account: "acc" })
      yield* Client.refresh(sandbox.origin, one.refresh_token)
      yield* Client.refresh(sandbox.origin, one.refresh_token)
      assert.strictEqual(one.account_id, two.account_id)
      assert.strictEqual((yield* Client.refresh(sandbox.origin, two.refresh_token)).status, 200)
    })
  )
})

describe("the layer", () => {
  it.live("gives the sandbox as a service, with defaults for every login", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox
      const login = yield* sandbox.issue()
      assert.match(login.access_token, /^at_/)
      assert.strictEqual((yield* Client.refresh(sandbox.origin, login.refresh_token)).status, 200)
    }).pipe(Effect.provide(Sandbox.layer({ defaults: { dialect: "generic" } })))
  )
})

describe("tokens", () => {
  it.live("codex tokens are signed JWTs with account claims, and the id token names the person", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue({ account: "acc-1", email: "ada@sandbox.test", accessLifetime: 90 })
      const claims = decodeJwt(login.access_token)
      assert.strictEqual(decodeProtectedHeader(login.access_token).alg, "HS256")
      assert.strictEqual((claims.exp ?? 0) - (claims.iat ?? 0), 90)
      assert.deepStrictEqual(claims[authClaim], {
        chatgpt_account_id: "acc-1",
        chatgpt_plan_type: "plus",
        chatgpt_user_id: "user-acc-1"
      })
      assert.strictEqual(decodeJwt(login.id_token ?? "").email, "ada@sandbox.test")
      assert.match(login.refresh_token, /^rt_[\w-]{43}$/)
    })
  )

  it.live("generic tokens are opaque and carry their lifetimes beside them", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue({ dialect: "generic", accessLifetime: 60, grantLifetime: 600 })
      assert.match(login.access_token, /^at_[\w-]{43}$/)
      assert.deepInclude(login, { expires_in: 60, refresh_token_expires_in: 600 })
      assert.notProperty(login, "id_token")
    })
  )

  it.live("every token that was handed out is listed, and none that was not", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      const reply = yield* Client.refresh(sandbox.origin, login.refresh_token)
      yield* Client.refresh(sandbox.origin, login.refresh_token)
      const names = ["access_token", "refresh_token", "id_token"] as const
      const handed = [...names.map((name) => login[name] ?? ""), ...names.map((name) => Client.textOf(reply, name))]
      assert.sameMembers([...(yield* sandbox.issuedTokens)], handed)
    })
  )
})
