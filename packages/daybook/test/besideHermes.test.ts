/**
 * `DAYBOOK_SECONDS=n` makes it last so long.
 */
import { assert, describe, it } from "@effect/vitest"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { audit, fingerprint, stranger } from "./support/Audit.ts"
import * as Hermes from "./support/Hermes.ts"
import { inWorld } from "./support/inWorld.ts"
import { settle } from "./support/Settle.ts"
import type { Worker } from "./support/Worker.ts"
import { patient } from "./support/World.ts"

const seconds = Number(process.env["DAYBOOK_SECONDS"] ?? 12)
const names = ["one", "two", "three", "four"]

/** Wants another token than the last again and again; answers the last. */
const keepAsking = async (worker: Worker, first: string, until: number): Promise<string> => {
  let token = first
  while (Date.now() < until) {
    const answer = await settle(worker, token)
    if (!("token" in answer)) throw new Error(`${worker.name} got no token: ${answer.error}`)
    token = answer.token
    await sleep(Math.random() * 300)
  }
  return token
}

describe("workers beside a program that locks and writes auth.json as hermes does", () => {
  it.live(
    "undo nothing that it writes, have nothing undone, and both go on with each other's tokens",
    () =>
      inWorld(
        async (world) => {
          const workers = await Promise.all(names.map((name) => world.start(name, "worker", { policy: patient })))
          const stopHermes = await Hermes.start(world)
          const until = Date.now() + seconds * 1000
          await Promise.all(workers.map((worker) => keepAsking(worker, world.login.access_token, until)))
          const hermes = await stopHermes()

          const { breaches, events, posts, rotations } = await audit(world)
          assert.deepStrictEqual(breaches, [])
          assert.deepStrictEqual(
            posts.filter(({ committed, reuse }) => reuse || !committed),
            []
          )
          assert.deepStrictEqual(hermes.refused, [])
          assert.deepStrictEqual(hermes.lost, [])
          const file = await readCounts(world.vault)
          assert.deepStrictEqual(file.counts, hermes.counts)
          assert.strictEqual(file.refreshToken, posts.at(-1)?.successor)
          assert.isTrue(file.kept)

          const theirs = posts.filter(({ client }) => client === stranger)
          assert.strictEqual(hermes.refreshed, theirs.length)
          const key = await readFile(join(world.home, "fingerprint.key"))
          const theirTokens = new Set(theirs.map(({ successor }) => fingerprint(key, successor ?? "")))
          const adopted = events.flatMap((event) => {
            if (event.type === "RaceAdopted") return [event.data.found.refresh ?? ""]
            return event.type === "GenerationObserved" ? [event.data.generation.refresh ?? ""] : []
          })
          const byOurs = new Set(adopted.filter((each) => theirTokens.has(each))).size
          assert.isAbove(byOurs, 0)
          assert.isAbove(hermes.adopted, 0)

          for (const token of [hermes.token, ...(await Promise.all(workers.map(tokenNow)))]) {
            const headers = { authorization: `Bearer ${token}` }
            assert.strictEqual((await fetch(`${world.sandbox.origin}/v1/models`, { headers })).status, 200)
          }
          process.stdout.write(
            `${seconds} s: ${posts.length} POSTs, ${rotations} rotations, ${theirs.length} of them by the other program, ` +
              `which wrote ${hermes.writes} times, took over ${hermes.adopted} pairs and went without the lock ${hermes.busy} times; ` +
              `ours took over ${byOurs}\n`
          )
        },
        { defaults: { reuse: "revokeFamily" } }
      ),
    (seconds + 180) * 1000
  )
})

const tokenNow = async (worker: Worker): Promise<string> => {
  const answer = await worker.getToken()
  return "token" in answer ? answer.token : answer.error
}

/** What the other program counted in the file, the pair that stands there, and whether what nobody knows is still there. */
const readCounts = async (path: string) => {
  const file = JSON.parse(await readFile(path, "utf8"))
  const rows: ReadonlyArray<{ id: string; request_count?: number }> = file.credential_pool["openai-codex"]
  const counts: Record<string, number> = { "": file.hermes_writes }
  for (const { id, request_count = 0 } of rows) counts[id] = request_count
  return {
    counts,
    refreshToken: file.providers["openai-codex"].tokens.refresh_token,
    kept: file.unknown_field?.kept === true
  }
}
