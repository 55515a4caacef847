/**
 * Other programs' login files: where they are looked for, and what a pool does with them, which is to read.
 */
import { assert, describe, it } from "@effect/vitest"
import {
  anthropic,
  defineProvider,
  kimi,
  loginFilesOf,
  nous,
  openPool,
  type Pool,
  type PoolOptions,
  providerAt,
  RefreshError
} from "daybook"
import { Effect } from "effect"
import { mkdir, rm, writeFile } from "node:fs/promises"
import { homedir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, vi } from "vitest"
import { readLedger } from "./support/Audit.ts"
import * as ClaudeCode from "./support/ClaudeCode.ts"
import { inWorld } from "./support/inWorld.ts"
import { quick, type World } from "./support/World.ts"

const provider = "anthropic"
const slow = 120_000
const run = Effect.runPromise

afterEach(() => void vi.unstubAllEnvs())

/** The person of this world sits at the machine. */
const atHome = (world: World) => vi.stubEnv("HOME", world.person)

const pathsOf = (...asked: Parameters<typeof loginFilesOf>) =>
  loginFilesOf(...asked).map((source) => (source.kind === "file" ? source.file.path : source.kind))

const withFileAt = (...paths: ReadonlyArray<string>) =>
  defineProvider({
    id: "someone",
    tokenEndpoint: "https://auth.example.com/token",
    files: [{ owner: "nobody", paths, members: { access: "token" }, renew: "run nothing" }]
  })

const touch = async (path: string): Promise<string> => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, "{}")
  return path
}

describe("the declared login files of a provider", () => {
  it("are looked for in the user's home where `~` stands", () => {
    assert.deepStrictEqual(pathsOf(withFileAt("~/someone/auth.json"), {}), [join(homedir(), "someone/auth.json")])
  })

  it.live("are looked for first where an environment variable says", () =>
    inWorld(async (world) => {
      atHome(world)
      await touch(ClaudeCode.defaultFile(world))
      const path = await touch(join(world.folder, "elsewhere", ".credentials.json"))
      assert.deepStrictEqual(pathsOf(anthropic, { CLAUDE_CONFIG_DIR: dirname(path) }), [path])
    })
  )

  it.live("are looked for in the home that a variable's own `~` stands for", () =>
    inWorld(async (world) => {
      atHome(world)
      const path = await touch(join(world.person, "elsewhere", ".credentials.json"))
      assert.deepStrictEqual(pathsOf(anthropic, { CLAUDE_CONFIG_DIR: "~/elsewhere" }), [path])
    })
  )

  for (const [name, environment] of [
    ["not set", {}],
    ["empty", { ELSEWHERE: "" }]
  ] as const) {
    it(`are not looked for where a variable says that is ${name}`, () => {
      const provider = withFileAt("~/not here/auth.json", "$ELSEWHERE/not here/auth.json")
      assert.deepStrictEqual(pathsOf(provider, environment), [join(homedir(), "not here/auth.json")])
    })
  }

  it.live("are found in the first place where there is a file, though an earlier one is named", () =>
    inWorld(async (world) => {
      atHome(world)
      const path = await touch(ClaudeCode.defaultFile(world))
      assert.deepStrictEqual(pathsOf(anthropic, { CLAUDE_CONFIG_DIR: join(world.folder, "nothing here") }), [path])
      const [older, newer] = [".kimi", ".kimi-code"].map((name) => join(world.person, name, "credentials"))
      assert.deepStrictEqual(pathsOf(kimi, {}), [join(newer!, "kimi-code.json")])
      await touch(join(older!, "kimi-code.json"))
      assert.deepStrictEqual(pathsOf(kimi, {}), [join(older!, "kimi-code.json")])
    })
  )

  it("say whose logins they are and how they are read", () => {
    const [source] = loginFilesOf(anthropic, {})
    assert.deepInclude(source, { kind: "file" })
    assert.deepInclude(source?.kind === "file" ? source.file : {}, {
      owner: "Claude Code",
      provider,
      renew: "run claude",
      at: ["claudeAiOauth"]
    })
  })

  it("are none for a provider that declares none, and for places that only unset variables name", () => {
    assert.deepStrictEqual(pathsOf(nous, {}), [])
    assert.deepStrictEqual(pathsOf(withFileAt("$ELSEWHERE/auth.json"), {}), [])
  })
})

const open = (world: World, options: PoolOptions = {}): Promise<Pool> =>
  openPool({
    home: world.home,
    providers: [providerAt(anthropic, world.sandbox.origin)],
    policy: quick,
    ...options
  })

/** A pool that was told of the provider's files. */
const openNamed = (world: World): Promise<Pool> => open(world, { vault: loginFilesOf(anthropic) })

const hermesOf = ({ vault }: World) => [{ kind: "hermes", path: vault }] as const

const comes = async (pool: Pool, how: string): Promise<void> => {
  for await (const event of pool.events()) {
    if (event.type === "GenerationObserved" && event.data.how === how) return
  }
}

const borrowed = async (world: World, asked: Promise<unknown>): Promise<string> => {
  const error = await world.failure(asked)
  assert.instanceOf(error, RefreshError)
  assert.deepInclude(error.reason, { _tag: "Transient", reason: "Borrowed" })
  return error.message
}

describe("Claude Code's login", () => {
  it.live(
    "is served from its file as a borrowed one",
    () =>
      inWorld(async (world) => {
        atHome(world)
        const login = await ClaudeCode.logIn(world)
        await ClaudeCode.write(ClaudeCode.defaultFile(world), login)
        await using pool = await openNamed(world)
        assert.strictEqual((await pool.getToken(provider)).token, login.access_token)
        const [{ ownership, source, store } = {}] = (await pool.status()).credentials
        assert.deepStrictEqual(
          { ownership, source, store },
          {
            ownership: "borrowed",
            source: "Claude Code",
            store: { kind: "file", path: ClaudeCode.defaultFile(world), slot: "claudeAiOauth" }
          }
        )
      }),
    slow
  )

  it.live(
    "is never written and its refresh token never sent, whatever is asked of the pool",
    () =>
      inWorld(async (world) => {
        atHome(world)
        const path = ClaudeCode.defaultFile(world)
        const login = await ClaudeCode.logIn(world)
        await ClaudeCode.write(path, login)
        const before = await ClaudeCode.look(path)
        const pool = await openNamed(world)
        const { credential, token } = await pool.getToken(provider)
        await borrowed(world, pool.getToken(provider, { forceRefresh: true }))
        await borrowed(world, pool.getToken(provider, { failedToken: token }))
        await borrowed(world, pool.refresh(credential))
        await run(world.sandbox.revoke({ grant: login.grant }))
        const response = await fetch(`${world.sandbox.origin}/v1/models`, {
          headers: { authorization: `Bearer ${token}` }
        })
        const headers = Object.fromEntries(response.headers)
        await pool.report(provider, token, { status: response.status, headers, body: await response.text() })
        await borrowed(world, pool.getToken(provider))
        await pool.close()
        const again = await openNamed(world)
        await borrowed(world, again.getToken(provider))
        await again.close()
        assert.deepStrictEqual(await ClaudeCode.look(path), before)
        assert.deepStrictEqual(await run(world.sandbox.journal), [])
      }),
    slow
  )

  it.live(
    "that is over is waited for, and the message says which program to run",
    () =>
      inWorld(async (world) => {
        atHome(world)
        await ClaudeCode.write(ClaudeCode.defaultFile(world), await ClaudeCode.logIn(world), Date.now() - 1)
        await using pool = await openNamed(world)
        const message = await borrowed(world, pool.getToken(provider))
        assert.include(message, "Claude Code")
        assert.include(message, "run claude")
        assert.deepStrictEqual(await run(world.sandbox.journal), [])
      }),
    slow
  )

  it.live(
    "is seen by itself when the program renews it",
    () =>
      inWorld(async (world) => {
        atHome(world)
        const path = ClaudeCode.defaultFile(world)
        const login = await ClaudeCode.logIn(world)
        await ClaudeCode.write(path, login, Date.now() - 1)
        await using pool = await openNamed(world)
        await borrowed(world, pool.getToken(provider))
        const renewed = await ClaudeCode.logIn(world, login)
        await ClaudeCode.write(path, renewed)
        await comes(pool, "watch")
        assert.strictEqual((await pool.getToken(provider)).token, renewed.access_token)
        assert.deepStrictEqual(await run(world.sandbox.journal), [])
      }),
    slow
  )

  it.live(
    "that is renewed is served to whoever asks next, before anybody has noticed the new file",
    () =>
      inWorld(async (world) => {
        atHome(world)
        const path = ClaudeCode.defaultFile(world)
        const login = await ClaudeCode.logIn(world)
        await ClaudeCode.write(path, login)
        await using pool = await openNamed(world)
        const { token } = await pool.getToken(provider)
        const renewed = await ClaudeCode.logIn(world, login)
        await ClaudeCode.write(path, renewed)
        assert.strictEqual((await pool.getToken(provider, { failedToken: token })).token, renewed.access_token)
      }),
    slow
  )

  it.live(
    "is enrolled by itself when the program logs in for the first time, while the pool is open",
    () =>
      inWorld(async (world) => {
        atHome(world)
        await mkdir(world.person)
        await using pool = await openNamed(world)
        const path = ClaudeCode.defaultFile(world)
        assert.include(String(await world.failure(pool.getToken(provider))), path)
        const login = await ClaudeCode.logIn(world)
        await ClaudeCode.write(path, login)
        await comes(pool, "enrol")
        assert.strictEqual((await pool.getToken(provider)).token, login.access_token)
      }),
    slow
  )

  it.live(
    "is found again through the ledger by a pool that was not told of the file",
    () =>
      inWorld(async (world) => {
        atHome(world)
        const login = await ClaudeCode.logIn(world)
        await ClaudeCode.write(ClaudeCode.defaultFile(world), login)
        await (await openNamed(world)).close()
        await using pool = await open(world)
        assert.strictEqual((await pool.getToken(provider)).token, login.access_token)
        const events = await readLedger(world)
        assert.strictEqual(events.filter(({ type }) => type === "CredentialEnrolled").length, 1)
      }),
    slow
  )

  it.live(
    "in a folder that a variable names is found through the ledger, also when the variable is not set any more",
    () =>
      inWorld(async (world) => {
        atHome(world)
        const path = join(world.person, "elsewhere", ".credentials.json")
        vi.stubEnv("CLAUDE_CONFIG_DIR", dirname(path))
        const login = await ClaudeCode.logIn(world)
        await ClaudeCode.write(path, login)
        await (await openNamed(world)).close()
        const second = await open(world)
        assert.strictEqual((await second.getToken(provider)).token, login.access_token)
        await second.close()
        vi.stubEnv("CLAUDE_CONFIG_DIR", undefined)
        await using third = await open(world)
        assert.strictEqual((await third.getToken(provider)).token, login.access_token)
      }),
    slow
  )

  it.live(
    "whose file is gone stays in the pool, and is not given",
    () =>
      inWorld(async (world) => {
        atHome(world)
        const path = ClaudeCode.defaultFile(world)
        await ClaudeCode.write(path, await ClaudeCode.logIn(world))
        await (await openNamed(world)).close()
        await rm(path)
        await using pool = await open(world)
        const error = await world.failure(pool.getToken(provider))
        assert.instanceOf(error, RefreshError)
        assert.deepInclude(error.reason, { _tag: "Transient", reason: "Borrowed" })
        assert.strictEqual((await pool.status()).credentials.length, 1)
      }),
    slow
  )

  it.live(
    "is not looked for by a pool that was not told of the file, and whose ledger knows of none",
    () =>
      inWorld(async (world) => {
        atHome(world)
        await ClaudeCode.write(ClaudeCode.defaultFile(world), await ClaudeCode.logIn(world))
        await using pool = await open(world)
        await world.failure(pool.getToken(provider))
        assert.deepStrictEqual((await pool.status()).credentials, [])
      }),
    slow
  )

  it.live(
    "is enrolled once, though its file is named and known",
    () =>
      inWorld(async (world) => {
        atHome(world)
        await ClaudeCode.write(ClaudeCode.defaultFile(world), await ClaudeCode.logIn(world))
        await (await openNamed(world)).close()
        await using pool = await openNamed(world)
        assert.strictEqual((await pool.status()).credentials.length, 1)
      }),
    slow
  )

  it.live(
    "whose file is not readable keeps no other login from being served, and the file is named",
    () =>
      inWorld(async (world) => {
        atHome(world)
        const path = ClaudeCode.defaultFile(world)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, "{ half")
        await using pool = await open(world, { vault: [...loginFilesOf(anthropic), ...hermesOf(world)] })
        assert.include(String(await world.failure(pool.getToken(provider))), path)
        assert.strictEqual((await pool.getToken("openai-codex")).token, world.login.access_token)
      }),
    slow
  )
})
