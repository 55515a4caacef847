import { assert, describe, it } from "@effect/vitest"
import { audit } from "./support/Audit.ts"
import { inWorld } from "./support/inWorld.ts"
import { patient, type World } from "./support/World.ts"

const rotations = 30
const slow = 180_000

const start = (world: World, name: string) => world.start(name, "worker", { policy: patient })

describe("two processes and one single-use token", () => {
  it.live(
    "send exactly one request for each rotation, and both serve what came of it",
    () =>
      inWorld(async (world) => {
        const [one, two] = await Promise.all([start(world, "one"), start(world, "two")])
        let token = world.login.access_token
        for (let rotation = 0; rotation < rotations; rotation += 1) {
          const answers = await Promise.all([one.getToken(token), two.getToken(token)])
          const served = answers.map((answer) => ("token" in answer ? answer.token : answer.error))
          assert.strictEqual(served[0], served[1])
          assert.notStrictEqual(served[0], token)
          token = served[0] ?? ""
        }
        const { breaches, events, posts, rotations: rotated } = await audit(world)
        assert.deepStrictEqual(breaches, [])
        assert.strictEqual(rotated, rotations)
        assert.strictEqual(posts.length, rotations)
        const given = events.flatMap((event) => (event.type === "RefreshSucceeded" ? [event.data.next.access] : []))
        const adopted = events.flatMap((event) => (event.type === "RaceAdopted" ? [event.data.found.access] : []))
        assert.isAbove(adopted.length, 0) // not one a rotation: a process whose watcher saw the new pair first just serves it
        assert.includeMembers(given, adopted)
      }),
    slow
  )

  it.live(
    "start together on an expired login and spend it once",
    () =>
      inWorld(async (world) => {
        const workers = await Promise.all([start(world, "one"), start(world, "two"), start(world, "three")])
        const answers = await Promise.all(workers.map((worker) => worker.getToken(world.login.access_token)))
        assert.strictEqual(new Set(answers.map((answer) => ("token" in answer ? answer.token : answer.error))).size, 1)
        const { breaches, events, posts } = await audit(world)
        assert.deepStrictEqual(breaches, [])
        assert.strictEqual(posts.length, 1)
        assert.strictEqual(events.filter(({ type }) => type === "CredentialEnrolled").length, 2)
      }),
    slow
  )
})
