/**
 * `DAYBOOK_KILLS=n` multiplies the rounds for a long run.
 */
import { assert, describe, it } from "@effect/vitest"
import type { HoldPoint } from "@daybook/sandbox/HoldPoints"
import { audit } from "./support/Audit.ts"
import { inWorld } from "./support/inWorld.ts"
import { killAfter, killAt, type Round } from "./support/killRound.ts"
import type { World } from "./support/World.ts"

const times = Number(process.env["DAYBOOK_KILLS"] ?? 1)
/** Most of a round is waiting, so the rounds of different points go side by side. */
const slow = { timeout: 400_000 * times, concurrent: true }

type Kill = (world: World, round: number, names: Names, token: string) => Promise<Round>
interface Names {
  readonly victim: Awaited<ReturnType<World["start"]>>
  readonly survivor: Awaited<ReturnType<World["start"]>>
}

/** Plays the rounds and holds the ledger's account of them against the sandbox's. */
const play = (rounds: number, kill: Kill, commits: "never" | "always" | "perhaps") =>
  inWorld(async (world) => {
    const grants = new Set([world.grant])
    const survivor = await world.start("survivor")
    let token = world.login.access_token
    let lost = 0
    for (let round = 0; round < rounds; round += 1) {
      const victim = await world.start(`victim-${round}`)
      const result = await kill(world, round, { victim, survivor }, token)
      assert.strictEqual(result.lostBySurvivor, result.lostByJournal, `round ${round}`)
      if (commits === "never") assert.isFalse(result.lostByJournal)
      if (commits === "always") assert.isTrue(result.lostByJournal)
      lost += result.lostBySurvivor ? 1 : 0
      token = result.token
      grants.add(world.grant)
    }
    const { breaches, events, posts, rotations } = await audit(world, [...grants])
    assert.deepStrictEqual(breaches, [])
    const buried = events.filter(
      (event) => event.type === "CredentialQuarantined" && event.data.reason === "ResponseLost"
    )
    const declared = events.filter(({ type }) => type === "OutcomeLost")
    assert.strictEqual(buried.length, lost)
    assert.isAtLeast(declared.length, lost)
    process.stdout.write(
      `${rounds} kills: ${posts.length} POSTs, ${rotations} rotations, ${declared.length} outcomes lost, ${lost} logins lost\n`
    )
  })

describe("a worker is killed in the middle of a refresh", () => {
  const at = (point: HoldPoint, commits: "never" | "always") =>
    play(6 * times, (world, _, { survivor, victim }, token) => killAt(world, point, victim, survivor, token), commits)

  it.live("before the server reads: no login is lost", () => at("beforeReading", "never"), slow)
  it.live("after the commit, before an answer: the loss is declared", () => at("afterCommit", "always"), slow)
  it.live("after the headers: the loss is declared", () => at("afterHeaders", "always"), slow)
  it.live("in mid-body: the loss is declared", () => at("midBody", "always"), slow)

  it.live(
    "at a random moment: logins lost are those that the journal says",
    () =>
      play(
        15 * times,
        (world, round, { survivor, victim }, token) =>
          killAfter(world, Math.random() * 160, victim, survivor, token, round % 2 === 1),
        "perhaps"
      ),
    slow
  )
})
