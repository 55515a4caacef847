/** Logins that other programs keep, as the command finds and shows them: never spent, never written, never printed. */
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { join } from "node:path"
import { authFile, writeAuth } from "./support/AuthFile.ts"
import { daybook, hasTrace, type Place } from "./support/Cli.ts"
import { end, loginFiles, secrets, writeLoginFiles } from "./support/LoginFiles.ts"
import { snapshot, tempFolder } from "./support/TempFolder.ts"
import { makeWorld } from "./support/World.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 60_000 })

const observe = Effect.fnUntraced(function* (args: ReadonlyArray<string>, place: Place) {
  const before = snapshot(place.user)
  const ran = yield* daybook(["start", "--observe", ...args], place)
  assert.isFalse(hasTrace(ran), ran.stderr)
  for (const secret of secrets) assert.notInclude(ran.stdout + ran.stderr, secret)
  assert.deepStrictEqual(snapshot(place.user), before)
  return ran
})

const userWith = (files: Readonly<Record<string, unknown>>) =>
  Effect.tap(tempFolder, (user) => Effect.sync(() => writeLoginFiles(user, files)))

type Document = Partial<Record<string, ReadonlyArray<any>>>

const [tokenEnds] = new Date(end).toISOString().split(".")

describe.concurrent("start --observe", () => {
  it.live("lists the login of each program with its owner, its file and the end of its access token", () =>
    Effect.gen(function* () {
      const user = yield* userWith(loginFiles)
      const { code, stderr, stdout } = yield* observe([], { user })
      assert.deepStrictEqual([code, stderr], [0, ""])
      for (const [provider, owner, name, ends] of [
        ["anthropic", "Claude Code", ".claude/.credentials.json", tokenEnds],
        ["qwen-oauth", "Qwen Code", ".qwen/oauth_creds.json", tokenEnds],
        ["google-gemini", "the Gemini CLI", ".gemini/oauth_creds.json", tokenEnds],
        ["kimi", "the Kimi CLI", ".kimi/credentials/kimi-code.json", tokenEnds],
        ["xai-oauth", "the Grok CLI", ".grok/auth.json", tokenEnds],
        ["xai-oauth", "the Grok CLI", ".grok/auth.json", "-"]
      ]) {
        assert.match(
          stdout,
          new RegExp(`^${provider} .*oauth, ${owner} +borrowed +file ${join(user, name ?? "")} +${ends}`, "m")
        )
        assert.include(stdout, `the login of ${provider} in ${owner}, never spent and never written`)
      }
    })
  )

  it.live("gives them in JSON, each with the place in its file", () =>
    Effect.gen(function* () {
      const user = yield* userWith(loginFiles)
      const { code, stdout } = yield* observe(["--json"], { user })
      const { logins = [], problems, sources = [] }: Document = JSON.parse(stdout)
      assert.deepStrictEqual([code, problems], [0, []])
      const paths = Object.keys(loginFiles).map((name) => join(user, name))
      assert.includeMembers(
        sources.filter(({ isThere }) => isThere).map(({ path }) => path),
        paths
      )
      assert.strictEqual(logins.length, 6)
      assert.deepStrictEqual(
        logins.find(({ provider }) => provider === "anthropic"),
        {
          id: null,
          label: null,
          provider: "anthropic",
          kind: "oauth",
          source: "Claude Code",
          ownership: "borrowed",
          store: { kind: "file", path: join(user, ".claude/.credentials.json"), slot: "claudeAiOauth" },
          expiresAt: new Date(end).toISOString(),
          sharedWith: [],
          lastAuthError: null
        }
      )
      assert.sameMembers(
        logins.filter(({ provider }) => provider === "xai-oauth").map(({ store }) => store.slot),
        Object.keys(loginFiles[".grok/auth.json"])
      )
    })
  )

  it.live("looks where a program's own variable says", () =>
    Effect.gen(function* () {
      const user = yield* userWith({
        "moved/claude/.credentials.json": loginFiles[".claude/.credentials.json"],
        "moved/grok/auth.json": loginFiles[".grok/auth.json"]
      })
      const env = { CLAUDE_CONFIG_DIR: join(user, "moved/claude"), GROK_HOME: join(user, "moved/grok") }
      const { stdout } = yield* observe([], { user, env })
      assert.match(stdout, new RegExp(`^anthropic .*file ${user}/moved/claude/.credentials.json`, "m"))
      assert.match(stdout, new RegExp(`^xai-oauth .*file ${user}/moved/grok/auth.json`, "m"))
    })
  )

  it.live("names a file that cannot be read with its place, and shows the others", () =>
    Effect.gen(function* () {
      const user = yield* userWith({ ...loginFiles, ".qwen/oauth_creds.json": `{"access_token":"at-qwen-plainwords",` })
      const { code, stderr, stdout } = yield* observe([], { user })
      assert.strictEqual(code, 1)
      assert.match(stderr, new RegExp(`^[^\n]*${join(user, ".qwen/oauth_creds.json")}: line 1[^\n]*\n$`))
      assert.match(stdout, /^anthropic /m)
      assert.notMatch(stdout, /^qwen-oauth /m)
    })
  )

  it.live("tells a copy of a login in hermes' file from a login of its own", () =>
    Effect.gen(function* () {
      const user = yield* userWith(loginFiles)
      const { accessToken, refreshToken } = loginFiles[".claude/.credentials.json"].claudeAiOauth
      const copy = {
        id: "copy",
        label: "max",
        auth_type: "oauth",
        priority: 0,
        source: "claude_code",
        access_token: accessToken,
        refresh_token: refreshToken
      }
      writeAuth(user, { version: 1, providers: {}, credential_pool: { anthropic: [copy] } })
      const { stdout } = yield* observe([], { user })
      assert.match(stdout, /^anthropic +copy .*shares its refresh token with file .*\.claude\/\.credentials\.json/m)
      assert.match(stdout, /^anthropic +- .*shares its refresh token with hermes .*auth\.json/m)
    })
  )
})

describe("a pool whose hermes file has a login of xAI", () => {
  const xaiWorld = Effect.gen(function* () {
    const world = yield* makeWorld
    const { login, sandbox, user } = world
    const { access_token, refresh_token } = yield* sandbox.issue({ dialect: "xai", accessLifetime: 3600 })
    const file = authFile(login)
    const row = { id: "grok", label: "bob@example.com", auth_type: "oauth", priority: 1, source: "device_code" }
    const vault = writeAuth(user, {
      ...file,
      providers: { ...file.providers, "xai-oauth": { tokens: { access_token, refresh_token } } },
      credential_pool: { ...file.credential_pool, "xai-oauth": [{ ...row, access_token, refresh_token }] }
    })
    yield* world.begin
    return { ...world, vault }
  })

  it.live("shows it by status and by list, as a login that it may refresh", () =>
    Effect.gen(function* () {
      const { run, vault } = yield* xaiWorld
      const status = yield* run(["status"])
      assert.deepStrictEqual([status.code, status.stderr], [0, ""])
      assert.match(status.stdout, /^xai-oauth {2}1 of 1 usable\n {2}ok +grok \(bob@example\.com\)/m)
      const list = yield* run(["list"])
      assert.deepStrictEqual([list.code, list.stderr], [0, ""])
      assert.match(
        list.stdout,
        new RegExp(`^grok +bob@example\\.com +xai-oauth +oauth +device_code +hermes ${vault} +1 .* ok$`, "m")
      )
    })
  )

  it.live("shows it in JSON beside the others", () =>
    Effect.gen(function* () {
      const { run, vault } = yield* xaiWorld
      const { credentials = [] }: Document = JSON.parse((yield* run(["list", "--json"])).stdout)
      assert.sameMembers(
        credentials.map(({ id, provider }) => `${provider} ${id}`),
        ["openai-codex main", "openai key", "xai-oauth grok"]
      )
      const found = credentials.find(({ id }) => id === "grok")
      assert.deepInclude(found, { provider: "xai-oauth", kind: "oauth", ownership: "owned", word: "ok" })
      assert.deepInclude(found.store, { kind: "hermes", path: vault, slot: "providers.xai-oauth" })
    })
  )
})
