/**
 * Many callers at once on a login that has expired: one refresh for all, and nobody is left waiting.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readFile } from "node:fs/promises"
import { audit } from "./support/Audit.ts"
import { type Answers, start } from "./support/Callers.ts"
import { inWorld } from "./support/inWorld.ts"
import type { World } from "./support/World.ts"

const slow = 180_000

/** From the first caller that is served to the last one, in milliseconds. */
const longest = 2_000

/** Only of the time: where other tests keep the processors busy, callers may wait for these. */
const tries = 3

/** What was given out just now and is over already would be taken for a clock that is wrong, and served. */
const wasGivenAnHourAgo = async (world: World): Promise<void> => {
  const text = await readFile(world.vault, "utf8")
  const anHourAgo = new Date(Date.now() - 3_600_000).toISOString()
  await world.writeVault(text.replace(/("last_refresh": )"[^"]+"/, `$1"${anHourAgo}"`))
}

/** The answer of the server is held back until everybody has asked. */
const askAtOnce = (world: World, processes: number, callers: number) =>
  Effect.gen(function* () {
    const hold = yield* world.sandbox.hold("afterCommit", { grant: world.grant })
    const programs = yield* Effect.replicateEffect(start(world, callers), processes, { concurrency: "unbounded" })
    yield* Effect.forEach(programs, ({ ask }) => ask, { concurrency: "unbounded", discard: true })
    yield* hold.parked()
    yield* hold.release
    return yield* Effect.forEach(programs, ({ answers }) => answers, { concurrency: "unbounded" })
  }).pipe(Effect.scoped, Effect.runPromise)

/** Answers how long the last caller waited for longer than the first. */
const judge = async (world: World, answers: ReadonlyArray<Answers>, expected: number): Promise<number> => {
  const served = answers.flatMap((each) => each.served)
  assert.deepStrictEqual(
    answers.flatMap((each) => each.refused),
    []
  )
  assert.lengthOf(served, expected)
  const { breaches, posts, rotations } = await audit(world)
  assert.deepStrictEqual([breaches, posts.length, rotations], [[], 1, 1])
  assert.deepStrictEqual([...new Set(served.map(({ token }) => token))], [await currentToken(world)])
  const moments = served.map(({ at }) => at)
  const between = Math.max(...moments) - Math.min(...moments)
  process.stdout.write(`${expected} callers in ${answers.length} processes: served within ${between} ms of the first\n`)
  return between
}

const currentToken = async (world: World): Promise<string | undefined> =>
  (await world.readVault()).providers["openai-codex"].tokens.access_token

describe("an expired login", () => {
  const cases = [
    { processes: 1, callers: 200, place: "one process" },
    { processes: 8, callers: 200, place: "each of eight processes" }
  ]
  for (const { callers, place, processes } of cases) {
    it.live(
      `is refreshed once for ${callers} callers in ${place}, and all are served within 2 s of the first`,
      () =>
        Effect.gen(function* () {
          const waits: Array<number> = []
          const play = async (world: World): Promise<void> => {
            await wasGivenAnHourAgo(world)
            waits.push(await judge(world, await askAtOnce(world, processes, callers), processes * callers))
          }
          do yield* inWorld(play, { defaults: { firstAccessLifetime: 0 } })
          while (Math.min(...waits) > longest && waits.length < tries)
          assert.isAtMost(Math.min(...waits), longest)
        }),
      slow
    )
  }
})
