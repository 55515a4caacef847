/**
 * Orders of steps that no real program can be made to take on purpose. The simulation found that they break what must
 * hold; here each is played by hand.
 */
import { type Credential, members } from "@daybook/pool/PoolState"
import { assert, describe, it } from "@effect/vitest"
import { Redacted } from "effect"
import type { Actor, Ending } from "./simulation/Actor.ts"
import { die, finish, finishUpTo, takeOne, takeTo, typesIn, worldWith } from "./simulation/Script.ts"
import { lifetime, providerId, revealed, tokensOf } from "./simulation/Server.ts"
import type { Slot } from "./simulation/Shelf.ts"
import type { World } from "./simulation/World.ts"

const intents = (world: World): number => typesIn(world).filter((type) => type === "RefreshStarted").length

const tokensNow = ({ shelf }: World): string | undefined => revealed(shelf.slots[0]!.tokens.seen.refresh)

const currentIn = ({ checks }: World): string | undefined => {
  checks.look()
  return checks.currentOf("c1")?.pair.refresh
}

/** How often a grant went back to what another pair had displaced. */
const fallbacks = ({ log }: World): number => log.lines.filter(({ text }) => text.includes('"fallback":true')).length

/** What the first actor does not know: its lock is gone, and the second one has sent by now. */
const overtaken = (world: World): void => {
  const [, second] = world.actors
  world.shelf.slots[0]!.lock.holder = undefined
  second!.run({ _tag: "force", credential: "c1" })
  takeTo(world, second!, "post")
}

describe("a holder of the lock that lost it without knowing", () => {
  it("sends nothing on a decision that it made before another's intent", () => {
    const world = worldWith(2, "strict")
    const [first] = world.actors
    first!.run({ _tag: "force", credential: "c1" })
    takeTo(world, first!, "read c1")
    takeOne(world, first!)
    takeOne(world, first!)
    overtaken(world)
    finish(world)
    assert.strictEqual(intents(world), 1)
    assert.deepStrictEqual(world.checks.breaches, [])
  })

  it("sends nothing when it comes upon another's open intent", () => {
    const world = worldWith(2, "strict")
    const [first] = world.actors
    first!.run({ _tag: "force", credential: "c1" })
    takeTo(world, first!, "read c1")
    takeOne(world, first!)
    overtaken(world)
    finish(world)
    assert.strictEqual(intents(world), 1)
    assert.deepStrictEqual(world.checks.breaches, [])
  })
})

describe("a holder whose tokens another one spent meanwhile", () => {
  it("does not send them again", () => {
    const world = worldWith(2, "strict")
    const [first, second] = world.actors
    first!.run({ _tag: "force", credential: "c1" })
    takeTo(world, first!, "read c1")
    takeOne(world, first!)
    overtaken(world)
    while (!typesIn(world).includes("RefreshSucceeded")) {
      const next = world.stage.ready().find(({ owner }) => owner !== first!.process)
      world.stage.release(next!)
    }
    finish(world)
    assert.isAtMost(second!.busy, 0)
    assert.deepStrictEqual(world.checks.breaches, [])
    const spent = world.server.journal.filter(({ refused }) => refused)
    assert.deepStrictEqual(spent, [])
  })
})

describe("an operator's refresh that another program was first with", () => {
  it("gives what that one brought, also where the store has not taken it", () => {
    const world = worldWith(2, "strict")
    const [first, second] = world.actors as [Actor, Actor]
    second.run({ _tag: "ask", credential: "c1" })
    finish(world)
    first.run({ _tag: "force", credential: "c1" })
    takeTo(world, first, "post")
    const endings: Array<Ending> = []
    world.checks.onEnding = (ending) => endings.push(ending)
    second.run({ _tag: "refresh", credential: "c1" })
    first.disk.storeFails = "store"
    second.disk.storeFails = "store"
    finish(world)
    const next = world.server.issued.at(-1)!.access
    assert.deepStrictEqual(
      endings.map(({ token }) => token && Redacted.value(token.token)),
      [next, next]
    )
    assert.deepStrictEqual(world.checks.breaches, [])
  })
})

describe("the check of outcomes that are called lost", () => {
  it("does not take another errand of the sender's program for the sender", () => {
    const world = worldWith(2, "strict")
    const [first, second] = world.actors
    const [{ lock }] = world.shelf.slots as [Slot]
    first!.run({ _tag: "force", credential: "c1" })
    takeTo(world, first!, "post")
    takeOne(world, first!)
    lock.holder = undefined
    second!.run({ _tag: "force", credential: "c1" })
    takeTo(world, second!, "append OutcomeLost")
    lock.holder = undefined
    first!.run({ _tag: "lapse", credential: "c1" })
    takeTo(world, first!, "lock c1")
    takeOne(world, first!)
    assert.strictEqual(lock.holder, first!.process)
    takeOne(world, second!)
    assert.include(typesIn(world), "OutcomeLost")
    world.checks.look()
    assert.deepStrictEqual(world.checks.breaches, [])
  })
})

describe("a program that stood still after its intent", () => {
  it("sends nothing on it, since the time that others wait by is over", () => {
    const world = worldWith(1, "strict")
    const [actor] = world.actors
    actor!.run({ _tag: "force", credential: "c1" })
    takeTo(world, actor!, "append RefreshStarted")
    takeTo(world, actor!, "find in stash")
    assert.strictEqual(intents(world), 1)
    world.stage.pass(6_000)
    finish(world)
    const first = world.log.lines.find(({ event }) => event.type === "RefreshFailed")
    assert.include(first?.text, "intent-too-old")
    assert.deepStrictEqual(world.server.journal, [])
    assert.deepStrictEqual(world.checks.breaches, [])
  })
})

describe("an answer that came after it had been called lost", () => {
  it("is found in the stash, though its sender died and its store is blank", () => {
    const world = worldWith(2, "strict")
    const [first, second] = world.actors
    first!.run({ _tag: "force", credential: "c1" })
    takeTo(world, first!, "post")
    takeOne(world, first!)
    const [{ lock, tokens }] = world.shelf.slots as [Slot]
    lock.holder = undefined
    second!.run({ _tag: "force", credential: "c1" })
    takeTo(world, second!, "append OutcomeLost")
    takeOne(world, second!)
    while (world.stage.parked(first!.process).length === 0) {
      const next = world.stage.ready().find(({ owner }) => owner.name === "network")
      if (next === undefined) world.stage.pass(100)
      else world.stage.release(next)
    }
    takeTo(world, first!, "store c1")
    die(world, first!)
    die(world, second!)
    world.shelf.see(tokens, {})
    const third = world.startActor()
    world.actors.splice(0, 2, third)
    third.run({ _tag: "ask", credential: "c1" })
    finish(world)
    assert.strictEqual(world.server.journal.length, 1)
    assert.strictEqual(tokensNow(world), world.server.issued.at(-1)!.refresh)
    assert.deepStrictEqual(world.checks.breaches, [])
  })
})

describe("a pair of ours that another login displaced", () => {
  /** The first program has refreshed once; then a person logs in elsewhere, and it goes on with that login. */
  const displaced = (actors: number) => {
    const world = worldWith(actors, "strict")
    const [slot] = world.shelf.slots as [Slot]
    const [first] = world.actors as [Actor]
    first.run({ _tag: "force", credential: "c1" })
    finish(world)
    const ours = world.server.issued.at(-1)!
    const newcomer = world.server.logIn(slot.name, slot.account, world.stage.now)
    world.shelf.see(slot.tokens, tokensOf(newcomer))
    first.run({ _tag: "force", credential: "c1" })
    finish(world)
    assert.strictEqual(currentIn(world), newcomer.refresh)
    return { world, slot, first, ours, newcomer }
  }

  /** The newcomer was sent when it was so old; its sender died, and its store is blank. */
  const doubtful = (age = 0) => {
    const before = displaced(1)
    const { first, slot, world } = before
    world.stage.pass(age)
    first.run({ _tag: "force", credential: "c1" })
    takeTo(world, first, "post")
    die(world, first)
    world.shelf.see(slot.tokens, {})
    return before
  }

  const restarted = (world: World): Actor => {
    const actor = world.startActor()
    world.actors.splice(0, 1, actor)
    return actor
  }

  it("is taken up again when the other's answer was lost and its pair is gone from its store", () => {
    const { ours, world } = doubtful()
    const actor = restarted(world)
    actor.run({ _tag: "ask", credential: "c1" })
    finish(world)
    assert.strictEqual(fallbacks(world), 0)
    world.stage.pass(lifetime)
    actor.run({ _tag: "ask", credential: "c1" })
    finish(world)
    assert.strictEqual(fallbacks(world), 1)
    assert.strictEqual(world.server.journal.at(-1)?.presented, ours.refresh)
    assert.deepStrictEqual(world.checks.breaches, [])
  })

  it("is left alone while nobody doubts the other, which a living program may have", () => {
    const { newcomer, slot, world } = displaced(2)
    world.shelf.see(slot.tokens, {})
    world.stage.pass(lifetime)
    world.actors[1]!.run({ _tag: "force", credential: "c1" })
    finish(world)
    assert.strictEqual(fallbacks(world), 0)
    world.actors[0]!.run({ _tag: "force", credential: "c1" })
    finish(world)
    assert.strictEqual(world.server.journal.at(-1)?.presented, newcomer.refresh)
    assert.deepStrictEqual(world.checks.breaches, [])
  })

  it("is left alone while a request with the other may still arrive", () => {
    const { world } = doubtful(lifetime - 3_000)
    const actor = restarted(world)
    for (const [wait, taken] of [
      [5_000, 0],
      [10_000, 1]
    ] as const) {
      world.stage.pass(wait)
      actor.run({ _tag: "ask", credential: "c1" })
      finish(world)
      assert.strictEqual(fallbacks(world), taken)
    }
  })

  it("is left alone where a copy of the other is aside, which a disk does not give this time", () => {
    const { newcomer, world } = doubtful()
    const { checks, log, shelf, stage } = world
    const [{ grant }] = members(log.states.at(-1)!) as [Credential]
    const copy = { tokens: tokensOf(newcomer), grant, provider: providerId, reason: "Displaced", at: stage.now }
    shelf.see(shelf.quarantine, new Map(shelf.quarantine.seen).set(checks.scene.nameOf(newcomer.refresh), copy))
    const actor = restarted(world)
    stage.pass(lifetime)
    actor.disk.storeFails = "find in quarantine"
    actor.run({ _tag: "ask", credential: "c1" })
    finish(world)
    assert.strictEqual(fallbacks(world), 0)
    actor.run({ _tag: "ask", credential: "c1" })
    finish(world)
    assert.strictEqual(world.server.journal.at(-1)?.presented, newcomer.refresh)
  })

  it("does not bury the other, should that come back", () => {
    const { newcomer, slot, world } = doubtful()
    const actor = restarted(world)
    world.stage.pass(lifetime)
    actor.run({ _tag: "ask", credential: "c1" })
    finish(world)
    assert.strictEqual(fallbacks(world), 1)
    world.shelf.see(slot.tokens, tokensOf(newcomer))
    actor.run({ _tag: "force", credential: "c1" })
    finish(world)
    assert.include(world.shelf.placesOf(newcomer.refresh), "quarantine")
    assert.deepStrictEqual(world.checks.breaches, [])
  })

  it.each(["force", "stock"] as const)("does not cost the other where a living program has it alone (%s)", (errand) => {
    const { first, newcomer, slot, world } = displaced(2)
    const [, second] = world.actors
    first.run({ _tag: "force", credential: "c1" })
    takeTo(world, first, "post")
    takeOne(world, first)
    world.stage.pass(9_000)
    finish(world)
    world.shelf.see(slot.tokens, {})
    world.stage.pass(lifetime)
    second!.run({ _tag: "ask", credential: "c1" })
    finish(world)
    assert.strictEqual(fallbacks(world), 1)
    first.run({ _tag: errand, credential: "c1" })
    finish(world)
    assert.include(world.shelf.placesOf(newcomer.refresh), "quarantine")
    assert.deepStrictEqual(world.checks.breaches, [])
  })

  it("is what an operator's refresh gives, where the other's access token was refused and ours is good", () => {
    const { first, newcomer, ours, slot, world } = displaced(1)
    world.server.refusedAccess.add(newcomer.access)
    first.run({ _tag: "use", credential: "c1" })
    takeTo(world, first, "post")
    die(world, first)
    world.shelf.see(slot.tokens, {})
    const actor = restarted(world)
    world.stage.pass(15_000)
    const endings: Array<Ending> = []
    world.checks.onEnding = (ending) => endings.push(ending)
    actor.run({ _tag: "refresh", credential: "c1" })
    finish(world)
    assert.strictEqual(fallbacks(world), 1)
    assert.deepStrictEqual(
      endings.map(({ token }) => token && Redacted.value(token.token)),
      [ours.access]
    )
  })
})

describe("after the clock was set back", () => {
  it("a failure that its dead author left unclassified is classified at once", () => {
    const world = worldWith(2, "strict")
    const [first, second] = world.actors
    world.server.revoke(0)
    first!.run({ _tag: "force", credential: "c1" })
    takeTo(world, first!, "post")
    takeOne(world, first!)
    finishUpTo(world, "RefreshFailed")
    die(world, first!)
    world.stage.clockError -= 3_600_000
    second!.run({ _tag: "ask", credential: "c1" })
    finish(world)
    assert.include(typesIn(world), "CredentialQuarantined")
  })
})

describe("where refresh tokens do not rotate", () => {
  const refreshedTwice = (): World => {
    const world = worldWith(1, "still")
    for (let time = 0; time < 2; time++) {
      world.actors[0]!.run({ _tag: "force", credential: "c1" })
      finish(world)
    }
    return world
  }

  /** What the program had in memory is gone. */
  const restarted = (world: World): void => {
    die(world, world.actors[0]!)
    world.actors[0] = world.startActor()
    world.actors[0].run({ _tag: "ask", credential: "c1" })
    finish(world)
  }

  it("an old copy of the store that holds the refresh token is enough to refresh", () => {
    const world = refreshedTwice()
    const { slots, stash } = world.shelf
    world.shelf.see(stash, new Map())
    world.shelf.see(slots[0]!.tokens, tokensOf(world.past.get("c1")!.at(-1)!))
    restarted(world)
    assert.strictEqual(intents(world), 3)
  })

  it("a refused refresh token is not gone back to, under an access token of before", () => {
    const world = worldWith(1, "still")
    const [slot] = world.shelf.slots
    const [actor] = world.actors
    actor!.run({ _tag: "ask", credential: "c1" })
    finish(world)
    world.server.present(world.server.issued[0]!.refresh, world.stage.now, {
      by: "another program",
      ours: false,
      attempt: undefined
    })
    world.shelf.see(slot!.tokens, tokensOf(world.server.issued.at(-1)!))
    actor!.run({ _tag: "stock" })
    finish(world)
    world.server.revoke(0)
    actor!.run({ _tag: "force", credential: "c1" })
    finish(world)
    assert.strictEqual(intents(world), 1)
    assert.strictEqual(fallbacks(world), 0)
    assert.include(typesIn(world), "CredentialQuarantined")
  })

  it("a stashed pair with the refresh token is enough to refresh, though its access token is an older one", () => {
    const world = refreshedTwice()
    const [slot] = world.shelf.slots
    const issued = world.server.present(world.server.issued.at(-1)!.refresh, world.stage.now, {
      by: "another program",
      ours: false,
      attempt: undefined
    })
    assert.strictEqual(issued.status, 200)
    world.shelf.see(slot!.tokens, tokensOf(world.server.issued.at(-1)!))
    world.actors[0]!.run({ _tag: "stock" })
    finish(world)
    world.shelf.see(slot!.tokens, {})
    restarted(world)
    assert.strictEqual(intents(world), 3)
  })
})
