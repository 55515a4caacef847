import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { environmentOf } from "./support/Environment.ts"
import { inWorld } from "./support/inWorld.ts"
import type { World } from "./support/World.ts"

const slow = 120_000
const examples = fileURLToPath(new URL("../../../examples", import.meta.url))

const run = async (world: World, example: string, ...args: ReadonlyArray<string>): Promise<string> => {
  const { stdout } = await ran(world, example, ...args)
  return stdout
}

const ran = (world: World, example: string, ...args: ReadonlyArray<string>) =>
  promisify(execFile)(process.execPath, [join(examples, example), ...args], { env: environmentOf(world) })

/** Of a program that ends with another code than 0. */
const failed = (world: World, example: string, ...args: ReadonlyArray<string>) =>
  ran(world, example, ...args).then(
    () => assert.fail(`${example} succeeded`),
    ({ code, stderr, stdout }: { code: number; stderr: string; stdout: string }) => ({ code, stderr, stdout })
  )

/** The pool is there, and an API call is all that is needed of its login. */
const begun = async (world: World): Promise<void> => (await world.open()).close()

describe("the examples", () => {
  it.live(
    "first-token: serves a good token from hermes' store",
    () =>
      inWorld(async (world) => {
        const said = await run(world, "first-token.ts", world.vault)
        assert.include(said, `a token of ${world.login.access_token.length} characters from main`)
        assert.include(said, "good until")
      }),
    slow
  )

  it.live(
    "recover-from-401: calls the API, and says what to do when the login is revoked",
    () =>
      inWorld(async (world) => {
        await (await world.open()).close()
        const url = `${world.sandbox.origin}/v1/models`
        assert.include(await run(world, "recover-from-401.ts", url), "the API answered 200")
        await Effect.runPromise(world.sandbox.revoke({ grant: world.grant }))
        assert.include(await run(world, "recover-from-401.ts", url), "the API answered 401")
        assert.deepStrictEqual(await Effect.runPromise(world.sandbox.journal), [])
      }),
    slow
  )

  it.live(
    "read-the-story: tells what came of each refresh token",
    () =>
      inWorld(async (world) => {
        const pool = await world.open()
        await pool.getToken("openai-codex", { failedToken: world.login.access_token })
        await pool.close()
        const lines = (await run(world, "read-the-story.ts", world.home)).trim().split("\n")
        assert.strictEqual(lines.length, 2)
        assert.match(lines[0] ?? "", /fp_\S{16} is sent \(unauthorized\)$/)
        assert.match(lines[1] ?? "", /it became fp_\S{16}$/)
      }),
    slow
  )

  it.live(
    "own-provider: refreshes at an authorization server that nothing special is known of",
    () =>
      inWorld(async (world) => {
        const { access_token, refresh_token } = await Effect.runPromise(world.sandbox.issue({ dialect: "generic" }))
        const file = join(dirname(world.vault), "logins.json")
        const providers = { "my-company": { tokens: { access_token, refresh_token } } }
        await writeFile(file, JSON.stringify({ version: 1, providers }), { mode: 0o600 })
        const said = await run(world, "own-provider.ts", `${world.sandbox.origin}/oauth/token`, file)
        assert.match(said, /was refreshed; the new token has \d+ characters/)
      }),
    slow
  )

  it.live(
    "script: streams a model's answer, although its access token has just been refused",
    () =>
      inWorld(async (world) => {
        await begun(world)
        await Effect.runPromise(world.sandbox.expireAccess({ grant: world.grant }))
        assert.strictEqual(await run(world, "script.ts", "hello", world.sandbox.origin), "Hello from the sandbox.\n")
        assert.lengthOf(await Effect.runPromise(world.sandbox.journal), 1)
      }),
    slow
  )

  it.live(
    "ci-job: gives a command the token, and ends as the command does",
    () =>
      inWorld(async (world) => {
        await begun(world)
        const command = "process.stdout.write(String(process.env.OPENAI_API_KEY.length)); process.exit(7)"
        const { code, stdout } = await failed(world, "ci-job.ts", process.execPath, "-e", command)
        assert.deepStrictEqual([code, stdout], [7, String(world.login.access_token.length)])
      }),
    slow
  )

  it.live(
    "ci-job: ends with 3 while all credentials are cooling, and with 4 where a person has to act",
    () =>
      inWorld(async (world) => {
        const nobody = await failed(world, "ci-job.ts", "false")
        assert.strictEqual(nobody.code, 4)
        assert.include(nobody.stderr, "daybook login openai-codex")
        await using pool = await world.open()
        for (const token of [world.login.access_token, "sk-manual-key"]) {
          await pool.report("openai-codex", token, { status: 429, headers: { "retry-after": "600" }, body: "" })
        }
        const later = await failed(world, "ci-job.ts", "false")
        assert.strictEqual(later.code, 3)
        assert.include(later.stderr, "try again at")
      }),
    slow
  )

  it.live(
    "service: lists models, and each call is a span above the pool's own",
    () =>
      inWorld(async (world) => {
        await begun(world)
        await Effect.runPromise(world.sandbox.expireAccess({ grant: world.grant }))
        const { stderr, stdout } = await ran(world, "service.ts", world.sandbox.origin)
        assert.match(stdout, /^\S+\n/)
        const spans = stderr.trim().split("\n")
        assert.includeMembers(spans, ["CredentialUse.attempt: Success", "CredentialUse.use: Success"])
        assert.isBelow(spans.indexOf("CredentialUse.use: Success"), spans.indexOf("Models.list: Success"))
      }),
    slow
  )

  it.live(
    "service: says what a refusal was that no credential could mend",
    () =>
      inWorld(async (world) => {
        await begun(world)
        await Effect.runPromise(world.sandbox.apiFault({ fault: { _tag: "Status", status: 500 } }))
        const { stderr, stdout } = await ran(world, "service.ts", world.sandbox.origin)
        assert.strictEqual(stdout, "")
        assert.include(stderr, "the API answered 500")
      }),
    slow
  )

  it("are all in the list of their README, which lists nothing else", () => {
    const programs = readdirSync(examples).filter((name) => /\.(ts|py)$/.test(name))
    const listed = Array.from(
      readFileSync(join(examples, "README.md"), "utf8").matchAll(/\]\(([^)]+)\)/g),
      ([, name = ""]) => name
    )
    assert.deepStrictEqual(listed.toSorted(), programs.toSorted())
  })
})
