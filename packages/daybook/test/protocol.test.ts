/**
 * Ways through the refresh protocol that an everyday run does not take, each with what must hold at its end.
 */
import { assert, describe, it } from "@effect/vitest"
import {
  CredentialPool,
  defineProvider,
  layer,
  openAiCodex,
  openPool,
  providerAt,
  type Pool,
  RefreshError
} from "daybook"
import { Effect, Fiber, Redacted } from "effect"
import { copyFile, readFile, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { audit, readLedger } from "./support/Audit.ts"
import { inWorld } from "./support/inWorld.ts"
import { quick, type World } from "./support/World.ts"

const provider = "openai-codex"
const slow = 120_000
const run = Effect.runPromise

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error
  )

const codexOf = ({ sandbox }: World) => providerAt(openAiCodex, sandbox.origin)

/** A refresh during which the store becomes unreadable, so that its successor is stashed and served. */
const refreshWithoutStore = async (world: World, pool: Pool): Promise<string> => {
  const hold = await run(world.sandbox.hold("afterCommit"))
  const asked = pool.getToken(provider, { forceRefresh: true })
  await run(hold.parked())
  await world.writeVault("{")
  await run(hold.release)
  return (await asked).token
}

const comes = async (pool: Pool, type: string): Promise<void> => {
  for await (const event of pool.events()) if (event.type === type) return
}

describe("a stashed successor", () => {
  it.live(
    "is in its store soon after the store can be written again, though no token is asked for",
    () =>
      inWorld(async (world) => {
        await using pool = await world.open()
        const served = await refreshWithoutStore(world, pool)
        await world.writeLogin(world.login)
        await comes(pool, "SuccessorStored")
        assert.strictEqual((await world.readVault()).providers[provider].tokens.access_token, served)
        assert.deepStrictEqual((await audit(world)).breaches, [])
      }),
    slow
  )

  it.live(
    "is never stored over a login that came after it",
    () =>
      inWorld(async (world) => {
        await using pool = await world.open()
        const served = await refreshWithoutStore(world, pool)
        const login = await world.logIn()
        assert.strictEqual((await pool.getToken(provider, { failedToken: served })).token, login.access_token)
        await pool.refresh("main")
        const [, second] = await run(world.sandbox.journal)
        assert.strictEqual(second?.presented, login.refresh_token)
        assert.strictEqual(
          (await world.readVault()).providers[provider].tokens.refresh_token,
          second?.successor ?? undefined
        )
        const types = (await readLedger(world)).map(({ type }) => type)
        assert.include(types, "SuccessorStashed")
        assert.notInclude(types, "SuccessorStored")
      }),
    slow
  )
})

describe("a successor that came with a refusal", () => {
  it.live(
    "is found in the stash by the next process, though the crash left nothing but the refusal in the ledger",
    () =>
      inWorld(async (world) => {
        await run(world.sandbox.fault({ fault: { _tag: "NoAccessToken" } }))
        await run(world.sandbox.fault({ fault: { _tag: "Status", status: 429 } }))
        const first = await world.open()
        assert.instanceOf(
          await failure(first.getToken(provider, { forceRefresh: true, credential: "main" })),
          RefreshError
        )
        await first.close()
        await forgetAfter(world, "RefreshFailed")
        await world.writeLogin(world.login)

        await using second = await world.open({ classifyAfter: 0 })
        await second.refresh("main")
        const posts = await run(world.sandbox.journal)
        assert.deepStrictEqual(
          posts.map(({ presented }) => presented),
          [world.login.refresh_token, posts[0]?.successor, posts[0]?.successor]
        )
      }),
    slow
  )
})

/** The ledger as a crash leaves it whose last durable event is the first of this type. */
const forgetAfter = async (world: World, type: string): Promise<void> => {
  const path = join(world.home, "ledger.jsonl")
  const lines = (await readFile(path, "utf8")).split("\n")
  const last = lines.findIndex((line) => line.includes(`"type":"${type}"`))
  await writeFile(path, lines.slice(0, last + 1).join("\n") + "\n")
}

describe("a refused access token", () => {
  it.live(
    "is not served to whoever refused it, however many others are still content with it",
    () =>
      inWorld(async (world) => {
        const access = accessTokenAtItsEnd(world)
        await world.writeLogin({ ...world.login, access_token: access })
        await run(world.sandbox.fault({ fault: { _tag: "Status", status: 500 } }))
        const asking = Effect.gen(function* () {
          const pool = yield* CredentialPool
          yield* Effect.flip(pool.getToken(provider, { forceRefresh: true, credential: "main" }))
          const content = Effect.forever(pool.getToken(provider, { credential: "main" }), { disableYield: true })
          const others = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(content, { startImmediately: true }))
          const served = yield* Effect.result(
            pool.getToken(provider, { failedToken: Redacted.make(access), credential: "main" })
          )
          yield* Fiber.interruptAll(others)
          return served
        })
        const pool = layer({ home: world.home, vault: world.vault, providers: [codexOf(world)], policy: quick })
        const served = await run(Effect.provide(asking, pool))
        assert.isTrue(served._tag === "Failure" || Redacted.value(served.success.token) !== access)
      }),
    slow
  )
})

/** A minute before it is over: worth serving, and due for a refresh. */
const accessTokenAtItsEnd = ({ login }: World): string => {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iat: now - 3540,
    exp: now + 60,
    "https://api.openai.com/auth": { chatgpt_account_id: login.account_id }
  }
  const encoded = [{ alg: "none" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
  return [...encoded, "unsigned"].join(".")
}

describe("an opaque access token", () => {
  it.live(
    "ends for the next process when it ends for the first, though its store does not say when",
    () =>
      inWorld(async (world) => {
        const { access_token, refresh_token } = await run(world.sandbox.issue({ dialect: "generic" }))
        const tokens = { access_token, refresh_token }
        await world.writeVault(JSON.stringify({ version: 1, providers: { plain: { tokens } } }))
        const open = () =>
          openPool({
            home: world.home,
            vault: world.vault,
            providers: [
              defineProvider({
                id: "plain",
                tokenEndpoint: `${world.sandbox.origin}/oauth/token`,
                sharedWithHermes: true
              })
            ],
            policy: quick
          })
        const first = await open()
        const served = await first.getToken("plain", { forceRefresh: true })
        await first.close()
        await using second = await open()
        assert.isDefined(served.expiresAt)
        assert.deepStrictEqual(await second.getToken("plain"), served)
      }),
    slow
  )
})

describe("a store that is only read", () => {
  it.live(
    "gives nothing when it holds another account's login",
    () =>
      inWorld(async (world) => {
        const path = join(dirname(world.vault), "codex.json")
        const write = ({ access_token, account_id, id_token, refresh_token }: World["login"]) =>
          writeFile(path, JSON.stringify({ tokens: { access_token, refresh_token, id_token, account_id } }))
        await write(world.login)
        await using pool = await openPool({
          home: world.home,
          vault: [{ kind: "codex-cli", path }],
          providers: [codexOf(world)],
          policy: quick
        })
        const { token } = await pool.getToken(provider)
        assert.strictEqual(token, world.login.access_token)
        await write(await run(world.sandbox.issue({ dialect: "codex" })))
        const error = await failure(pool.getToken(provider, { failedToken: token }))
        assert.instanceOf(error, RefreshError)
        assert.deepInclude(error.reason, { _tag: "Transient", reason: "StoreUnavailable" })
        assert.include(error.message, path)
      }),
    slow
  )
})

describe("a store whose owner cannot be told", () => {
  it.live(
    "keeps no login of another store from being used",
    () =>
      inWorld(async (world) => {
        const other = join(dirname(world.vault), "other.json")
        await copyFile(world.vault, other)
        await writeFile(`${other}.daybook`, "{")
        await using pool = await openPool({
          home: world.home,
          vault: [other, world.vault].map((path) => ({ kind: "hermes", path })),
          providers: [codexOf(world)],
          policy: quick
        })
        const { token } = await pool.getToken(provider, { credential: "main" })
        assert.strictEqual(token, world.login.access_token)
      }),
    slow
  )
})

describe("a pool that is closed during a refresh", () => {
  it.live(
    "waits for the answer and keeps it",
    () =>
      inWorld(async (world) => {
        const pool = await world.open()
        const hold = await run(world.sandbox.hold("afterCommit"))
        const asked = failure(pool.getToken(provider, { forceRefresh: true }))
        await run(hold.parked())
        const closed = pool.close()
        await run(hold.release)
        await Promise.all([closed, asked])
        const { breaches, events, posts } = await audit(world)
        assert.deepStrictEqual(breaches, [])
        assert.strictEqual(events.at(-1)?.type, "RefreshSucceeded")
        assert.strictEqual((await world.readVault()).providers[provider].tokens.refresh_token, posts[0]?.successor)
      }),
    slow
  )
})
