import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { environmentOf } from "./support/Environment.ts"
import { inWorld } from "./support/inWorld.ts"
import type { World } from "./support/World.ts"

const slow = 30_000
const examples = fileURLToPath(new URL("../../../examples", import.meta.url))

const run = async (world: World, example: string, ...args: ReadonlyArray<string>): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(examples, example), ...args], {
    env: environmentOf(world)
  })
  return stdout
}

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
})
