/**
 * What a program hears of a pool that it has open, and what a person is told: real processes, one ledger.
 */
import { assert, describe, it, vi } from "@effect/vitest"
import {
  type Notice,
  type OnEvent,
  openAiCodex,
  openPool,
  type Pool,
  providerAt,
  type Recorded,
  RefreshError
} from "daybook"
import { Effect } from "effect"
import { readLedger } from "./support/Audit.ts"
import { inWorld } from "./support/inWorld.ts"
import { patient, type World } from "./support/World.ts"

const provider = "openai-codex"
const slow = 30_000

const open = ({ home, sandbox, vault }: World, onEvent?: OnEvent) =>
  openPool({
    home,
    vault,
    providers: [providerAt(openAiCodex, sandbox.origin)],
    policy: patient,
    ...(onEvent === undefined ? {} : { onEvent })
  })

const recording = () => {
  const events: Array<Recorded> = []
  const notices: Array<Notice> = []
  const onEvent: OnEvent = (event, notice) => {
    events.push(event)
    if (notice !== undefined) notices.push(notice)
  }
  return { events, notices, onEvent }
}

/** The login is revoked, and a forced refresh finds that out. */
const revoke = (world: World) => Effect.runPromise(world.sandbox.revoke({ grant: world.grant }))

const dies = async (world: World, pool: Pool): Promise<Error> => {
  await revoke(world)
  const error = await world.failure(pool.getToken(provider, { credential: "main", forceRefresh: true }))
  assert.instanceOf(error, RefreshError)
  return error
}

const count = (text: string, part: string): number => text.split(part).length - 1

const failing: ReadonlyArray<readonly [how: string, fail: OnEvent]> = [
  [
    "throws",
    () => {
      throw new Error("the listener broke")
    }
  ],
  ["is rejected", () => Promise.reject(new Error("the listener broke"))]
]

describe("onEvent", () => {
  it.live(
    "hears every event of its own and of other processes, in order and once each, up to the close",
    () =>
      inWorld(async (world) => {
        const other = await world.start("other", "worker", { policy: patient })
        const before = (await readLedger(world)).length
        const heard = recording()
        const pool = await open(world, heard.onEvent)
        const first = await pool.getToken(provider, { credential: "main" })
        await other.getToken(first.token)
        await pool.getToken(provider, { forceRefresh: true })
        await pool.close()
        const written = (await readLedger(world)).slice(before)
        assert.deepStrictEqual(heard.events, written)
        assert.isAtLeast(new Set(written.map(({ actor }) => actor)).size, 2)
      }),
    slow
  )

  it.live(
    "is told of a login that died in this process, with its remedy, beside the event",
    () =>
      inWorld(async (world) => {
        const heard = recording()
        const pool = await open(world, heard.onEvent)
        const error = await dies(world, pool)
        await pool.close()
        assert.strictEqual(heard.notices.length, 1)
        const { message, remedy, ...about } = heard.notices[0]!
        assert.deepStrictEqual(about, { kind: "quarantine", provider, credential: "main", label: "codex" })
        assert.strictEqual(error.message, `${message} ${remedy}`)
      }),
    slow
  )

  it.live(
    "is told once of a login that another process found dead",
    () =>
      inWorld(async (world) => {
        const heard = recording()
        const pool = await open(world, heard.onEvent)
        const { token } = await pool.getToken(provider, { credential: "main" })
        const other = await world.start("other", "worker", { policy: patient })
        await revoke(world)
        assert.propertyVal(await other.getToken(token), "reason", "Revoked")
        await pool.close()
        assert.deepStrictEqual(
          heard.notices.map(({ credential, kind }) => [kind, credential]),
          [["quarantine", "main"]]
        )
      }),
    slow
  )

  for (const [how, fail] of failing) {
    it.live(
      `breaks nothing when it ${how}: that is said once, and it is called on`,
      () =>
        inWorld(async (world) => {
          using said = vi.spyOn(console, "error").mockImplementation(() => {})
          let calls = 0
          const pool = await open(world, (event) => {
            calls += 1
            return fail(event)
          })
          assert.isString((await pool.getToken(provider, { forceRefresh: true })).token)
          await pool.close()
          assert.isAbove(calls, 1)
          assert.strictEqual(count(said.mock.calls.join("\n"), "the listener broke"), 1)
        }),
      slow
    )
  }

  it.live(
    "is not waited for: neither a token nor the close depends on it",
    () =>
      inWorld(async (world) => {
        const pool = await open(world, () => new Promise(() => {}))
        assert.isString((await pool.getToken(provider, { forceRefresh: true })).token)
        await pool.close()
      }),
    slow
  )
})

describe("without onEvent", () => {
  it.live(
    "a login's death is one line on stderr of every process that has the pool open",
    () =>
      inWorld(async (world) => {
        using said = vi.spyOn(console, "error").mockImplementation(() => {})
        const onlooker = await world.start("onlooker", "worker", { policy: patient })
        const pool = await open(world)
        const again = await open(world)
        const error = await dies(world, pool)
        const { message } = error
        await pool.close()
        await again.close()
        await onlooker.stop()
        assert.strictEqual(count(said.mock.calls.join("\n"), message), 1)
        assert.strictEqual(count(onlooker.said(), message), 1)
        assert.match(onlooker.said(), /^daybook: /m)
      }),
    slow
  )
})
