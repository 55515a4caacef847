/** What the command says of hermes' profiles, and of logins in hermes' file that it only reads. */
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { authFile, writeAuth } from "./support/AuthFile.ts"
import { makeWorld } from "./support/World.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

const world = Effect.gen(function* () {
  const world = yield* makeWorld
  const file = authFile(world.login)
  const buried = { code: "invalid_grant", message: "", reason: "runtime_refresh_failure", at: "2026-11-22T09:30:00Z" }
  const vault = writeAuth(world.user, {
    ...file,
    providers: {
      ...file.providers,
      nous: { access_token: "nous-access", refresh_token: "nous-refresh" },
      "xai-oauth": { tokens: {}, last_auth_error: buried }
    }
  })
  const { access_token, refresh_token } = yield* world.sandbox.issue({})
  const row = { id: "theirs", auth_type: "oauth", source: "manual:device_code", access_token, refresh_token }
  const profile = join(dirname(vault), "profiles", "work", "auth.json")
  mkdirSync(dirname(profile), { recursive: true })
  writeFileSync(profile, JSON.stringify({ credential_pool: { "openai-codex": [row] } }), { mode: 0o600 })
  return { ...world, vault, profile }
})

describe.concurrent("a hermes with a profile", () => {
  it.live("shows the profile's login by list, status and doctor, by the profile's name", () =>
    Effect.gen(function* () {
      const { begin, profile, run } = yield* world
      yield* begin
      const list = yield* run(["list"])
      assert.match(list.stdout, new RegExp(`^theirs .*oauth, borrowed .*hermes ${profile} \\(profile work\\)`, "m"))
      const status = yield* run(["status"])
      assert.match(status.stdout, /^ {2}ok +theirs .*in hermes' profile work/m)
      const doctor = yield* run(["doctor"])
      assert.include(doctor.stdout, `${profile}: hermes' profile work has 1 login of its own`)
    })
  )

  it.live("is told by enrol of the profile's login too", () =>
    Effect.gen(function* () {
      const { codex, profile, run, vault } = yield* world
      const { stdout } = yield* run(["enrol", vault, ...codex])
      assert.match(stdout, /^ {2}enrolled +theirs .*in hermes' profile work$/m)
      const { logins } = JSON.parse((yield* run(["enrol", vault, "--json", ...codex])).stdout)
      const theirs = logins.find(({ credential }: { readonly credential: string }) => credential === "theirs")
      assert.deepInclude(theirs, { outcome: "member", path: profile })
    })
  )

  it.live("is told, when the profile's login is removed, the command that reaches hermes' profile", () =>
    Effect.gen(function* () {
      const { begin, codex, profile, run } = yield* world
      yield* begin
      const { stdout } = yield* run(["remove", "theirs", "--yes", ...codex])
      assert.include(stdout, `\`HERMES_HOME=${dirname(profile)} hermes auth remove openai-codex theirs\``)
    })
  )

  it.live("is told by doctor which file to open in place of a profile's", () =>
    Effect.gen(function* () {
      const { profile, run, vault } = yield* world
      const { stdout } = yield* run(["doctor", "--vault", profile])
      assert.include(stdout, `${profile}: it is hermes' profile work, which is only read`)
      assert.include(stdout, `Open ${vault} with --vault`)
    })
  )

  it.live("is told by doctor of a login that hermes was told not to use any more", () =>
    Effect.gen(function* () {
      const { begin, login, run, user } = yield* world
      yield* begin
      const suppressed_sources = { "openai-codex": ["device_code"] }
      writeAuth(user, { ...authFile(login), suppressed_sources })
      const { stdout } = yield* run(["doctor"])
      assert.match(stdout, /main \(openai-codex, .*only read: hermes was told not to use it/)
      assert.include(stdout, "daybook remove main")
    })
  )

  it.live("is told by doctor why a Nous login is only read, and what hermes calls dead", () =>
    Effect.gen(function* () {
      const { run, vault } = yield* world
      const { stdout } = yield* run(["doctor", "--vault", vault])
      assert.match(stdout, /providers\.nous \(nous, .*only read: .*HERMES_SHARED_AUTH_DIR/)
      assert.match(stdout, /providers\.xai-oauth \(xai-oauth, .*hermes says that it is dead: invalid_grant/)
      assert.notInclude(stdout, "nous-refresh")
    })
  )
})
