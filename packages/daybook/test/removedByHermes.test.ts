/** What hermes does to a login that several processes hold in memory. */
import { assert, it } from "@effect/vitest"
import { setTimeout as sleep } from "node:timers/promises"
import { audit } from "./support/Audit.ts"
import { inWorld } from "./support/inWorld.ts"
import { firstToken } from "./support/Settle.ts"
import type { Worker } from "./support/Worker.ts"

/** Asks until there is nothing to give. */
const untilGone = async (worker: Worker): Promise<string> => {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await worker.getToken()
    if ("error" in answer) return answer.error
    await sleep(50)
  }
  throw new Error(`${worker.name} goes on with a login that was removed`)
}

it.live(
  "a login that hermes removes leaves every process, once, and comes back to all when hermes logs in again",
  () =>
    inWorld(async (world) => {
      const workers = await Promise.all([world.start("one"), world.start("two")])
      for (const worker of workers) assert.property(await worker.getToken(), "token")
      const { credential_pool, providers, ...rest } = await world.readVault()
      const { "openai-codex": _, ...others } = providers
      const rows = credential_pool["openai-codex"].filter(({ id }) => id !== "main")
      const removed = { ...rest, providers: others, credential_pool: { "openai-codex": rows } }
      const without = JSON.stringify({ ...removed, suppressed_sources: { "openai-codex": ["device_code"] } }, null, 2)
      await world.writeVault(without)
      for (const worker of workers) assert.include(await untilGone(worker), "main")
      assert.strictEqual(JSON.stringify(await world.readVault(), null, 2), without)
      const { access_token } = await world.logIn()
      for (const worker of workers) await firstToken(worker, access_token)
      const { breaches, events, posts } = await audit(world)
      assert.deepStrictEqual(breaches, [])
      assert.deepStrictEqual(posts, [])
      const left = events.flatMap((event) => (event.type === "CredentialRemoved" ? [event.data.by] : []))
      assert.deepStrictEqual(left, ["store"])
      const came = events.flatMap((event) => (event.type === "CredentialEnrolled" ? [event.credential as string] : []))
      assert.deepStrictEqual(came, ["main", "keyrow", "main"])
    }),
  60_000
)
