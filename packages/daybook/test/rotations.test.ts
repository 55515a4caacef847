/**
 * `DAYBOOK_ROTATIONS=n` makes it so many rotations.
 */
import { assert, describe, it } from "@effect/vitest"
import type { TokenPost } from "@daybook/sandbox/Journal"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect } from "effect"
import { audit, isInSomeFile } from "./support/Audit.ts"
import type { WorkerAnswer } from "./support/Commands.ts"
import { Crew } from "./support/Crew.ts"
import { inWorld } from "./support/inWorld.ts"
import { type Fate, kills } from "./support/Kills.ts"
import { firstToken, isTerminal } from "./support/Settle.ts"
import { inHermes, inOwnStore, type SharedStore } from "./support/SharedStore.ts"
import type { World } from "./support/World.ts"

const long = process.env["DAYBOOK_ROTATIONS"]
const names = ["one", "two", "three", "four", "five", "six", "seven", "eight"]

interface Tally {
  /** In order, where. */
  readonly killed: Array<string>
  readonly fates: Array<Fate>
  readonly grants: Array<string>
}

interface Plan {
  readonly rotations: number
  readonly deaths: number
}

/** All eight want another token, again and again, and every few times one of them is killed meanwhile. */
const rotate = async (crew: Crew, { deaths, rotations }: Plan): Promise<Tally> => {
  const { world } = crew
  const tally: Tally = { killed: [], fates: [], grants: [world.grant] }
  let token = world.login.access_token
  while (tally.fates.length < rotations || tally.killed.length < deaths) {
    const due = tally.killed.length < Math.floor(((tally.fates.length + 1) * deaths) / rotations)
    const plan = due ? kills[tally.killed.length % kills.length] : undefined
    const killed = await plan?.kill(crew, token)
    const answers = killed?.answers ?? (await Promise.all(crew.ask(token)))
    const about = `rotation ${tally.fates.length}, killed ${plan?.where ?? "nobody"}: ${JSON.stringify(answers)}`
    const next = agreed(answers, about)
    assert.notStrictEqual(next, token, about)
    const fate = next !== undefined ? "kept" : plan?.fate === "revoked" ? "revoked" : "lost"
    assert.strictEqual(await reachedNoDisk(world), fate === "lost", about)
    if (plan !== undefined && killed?.there) {
      tally.killed.push(plan.where)
      assert.strictEqual(fate, plan.fate ?? fate, about)
    }
    tally.fates.push(fate)
    token = next ?? (await loggedInAgain(crew, tally))
    await works(world, token)
  }
  return tally
}

/** One token for all, or none for any. */
const agreed = (answers: ReadonlyArray<WorkerAnswer>, about: string): string | undefined => {
  const tokens = answers.map((answer) => ("token" in answer ? answer.token : undefined))
  assert.strictEqual(new Set(tokens).size, 1, about)
  assert.isTrue(tokens[0] !== undefined || answers.every(isTerminal), about)
  return tokens[0]
}

/** The server committed a rotation whose successor no file has. */
const reachedNoDisk = async (world: World): Promise<boolean> => {
  const posts = await run(world.sandbox.journal)
  const last = posts.findLast(({ committed, grant }) => committed && grant === world.grant)?.successor
  return last != null && !(await isInSomeFile(world, last))
}

const loggedInAgain = async (crew: Crew, { grants }: Tally): Promise<string> => {
  const login = await crew.world.newLogin()
  grants.push(login.grant)
  await crew.store.write(login)
  await Promise.all(crew.workers.map((worker) => firstToken(worker, login.access_token)))
  return login.access_token
}

const works = async ({ sandbox }: World, token: string): Promise<void> => {
  const answer = await fetch(`${sandbox.origin}/v1/models`, { headers: { authorization: `Bearer ${token}` } })
  assert.strictEqual(answer.status, 200)
}

/** How many requests sent a token that had been sent before. */
const again = (posts: ReadonlyArray<TokenPost>) => posts.length - new Set(posts.map(({ presented }) => presented)).size

/** How many outcomes were declared lost or unknown. */
const declared = (events: ReadonlyArray<Recorded>) =>
  events.filter(({ data, type }) => type === "OutcomeLost" || (type === "ErrorClassified" && data.suspect === true))
    .length

const buried = (events: ReadonlyArray<Recorded>) =>
  events.filter(({ data, type }) => type === "CredentialQuarantined" && data.reason === "ResponseLost").length

const play = (plan: Plan, share: (world: World) => Promise<SharedStore>) =>
  inWorld(
    async (world) => {
      const begun = Date.now()
      const crew = await Crew.start(world, await share(world), names)
      const { fates, grants, killed } = await rotate(crew, plan)
      const { breaches, events, posts, rotations: rotated } = await audit(world, grants)
      const count = (fate: Fate) => fates.filter((each) => each === fate).length
      assert.deepStrictEqual(breaches, [])
      assert.strictEqual(rotated, fates.length - count("revoked"))
      assert.strictEqual(posts.length, fates.length + again(posts))
      assert.isAtMost(again(posts), declared(events))
      assert.strictEqual(buried(events), count("lost"))
      const figures = [
        `${rotated} rotations by eight workers: ${posts.length} POSTs, ${again(posts)} of a token sent before`,
        `${declared(events)} outcomes lost, ${count("lost")} logins lost, ${count("revoked")} revoked`,
        `${killed.length} kills: ${[...new Set(killed)].map((where) => `${killed.filter((each) => each === where).length} ${where}`).join(", ")}`,
        `${Math.round((Date.now() - begun) / 1000)} s`
      ]
      process.stdout.write(`${figures.join("\n  ")}\n`)
    },
    { defaults: { reuse: "revokeFamily" } }
  )

const run = Effect.runPromise

describe("eight processes and one single-use token, while one after the other is killed", () => {
  const inPlace = (place: string, short: Plan, share: (world: World) => Promise<SharedStore>) => {
    const plan = long === undefined ? short : { rotations: Number(long), deaths: Math.floor(Number(long) / 3) }
    it.live(
      `send one request for each rotation of a login in ${place}, and lose none that reached a disk`,
      () => play(plan, share),
      { timeout: 300_000 + plan.rotations * 10_000, concurrent: true } // much of a rotation with a kill is waiting
    )
  }

  inPlace("hermes' file", { rotations: 36, deaths: kills.length }, inHermes)
  inPlace("Daybook's own store", { rotations: 14, deaths: 4 }, inOwnStore)
})
