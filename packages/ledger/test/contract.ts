/**
 * What every store of events promises, whatever it is made of. Each store's test runs it and adds what is special to it.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ledger, type LinesOptions, type Wanted } from "@daybook/ledger/Ledger"
import type { LedgerError } from "@daybook/ledger/LedgerError"
import * as LineFormat from "@daybook/ledger/LineFormat"
import { fold } from "@daybook/pool/Evolve"
import { Fingerprints } from "@daybook/pool/Fingerprint"
import { EventId, type Seq } from "@daybook/pool/Ids"
import { empty, versionOf } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import { Deferred, Effect, Exit, Fiber, type Layer, Redacted, Result, type Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { randomUUID } from "node:crypto"
import { cooldownCleared, newGrant, refreshStarted, relabelled, seq } from "./support/Drafts.ts"

type Store = Layer.Layer<Ledger | Fingerprints, LedgerError>

export const contract = (name: string, newStore: Effect.Effect<Store, never, Scope.Scope>): void => {
  const promises = <E>(sentence: string, test: Effect.Effect<void, E, Ledger | Fingerprints | Scope.Scope>) =>
    it.effect(sentence, () => Effect.flatMap(newStore, (store) => Effect.provide(test, store)))

  describe(name, () => {
    promises(
      "events are read back as they were answered, in the order of their appending",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const first = yield* ledger.append([relabelled("one"), relabelled("two")])
        const second = yield* ledger.append([cooldownCleared])
        const all = yield* Stream.runCollect(ledger.read())
        assert.deepStrictEqual(typesOf(all), ["LedgerOpened", "ActorJoined", ...typesOf(first), ...typesOf(second)])
        assert.deepStrictEqual(all.slice(2), [...first, ...second])
      })
    )

    promises(
      "the first event has 1 and there are no gaps",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* Effect.forEach(labels(20), (label) => ledger.append([relabelled(label)]), { concurrency: 5 })
        const all = yield* Stream.runCollect(ledger.read())
        assert.deepStrictEqual(
          all.map((event) => event.seq as number),
          labels(22).map((_, index) => index + 1)
        )
      })
    )

    promises(
      "every event has its own id, the actor that appended it and the time of its appending",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* TestClock.setTime(1_700_000_000_000)
        const events = yield* ledger.append([relabelled("one"), relabelled("two")])
        assert.strictEqual(new Set(events.map((event) => event.id)).size, 2)
        assert.isTrue(events.every((event) => event.actor === ledger.actor && event.at === 1_700_000_000_000))
      })
    )

    promises(
      "an id, a cause and a correlation given by the caller are kept",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const given = { id: EventId.make(randomUUID()), cause: EventId.make(randomUUID()) }
        yield* ledger.append([{ ...relabelled("one"), ...given }])
        const [event] = (yield* Stream.runCollect(ledger.read())).slice(-1)
        assert.deepInclude(event, given)
      })
    )

    promises(
      "nobody joins by reading",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* ledger.state
        yield* ledger.sync
        yield* ledger.head
        assert.deepStrictEqual(typesOf(yield* Stream.runCollect(ledger.read())), ["LedgerOpened"])
      })
    )

    promises(
      "reading begins where it is told to",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const events = yield* ledger.append(labels(5).map(relabelled))
        assert.deepStrictEqual(yield* Stream.runCollect(ledger.read(seqOf(events[3]))), events.slice(3))
        assert.deepStrictEqual(yield* Stream.runCollect(ledger.read(seq(99))), [])
      })
    )

    promises(
      "text in any script comes back as it was",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const label = 'Zoë 🗝️ \u2028 "\\ \u0000 \u007f \ud800 日本'
        yield* ledger.append([relabelled(label)])
        const [event] = (yield* Stream.runCollect(ledger.read())).slice(-1)
        assert.deepInclude(event, { type: "CredentialRelabelled", data: { label } })
      })
    )

    promises(
      "a decision on the version that stands is accepted, and moves it",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const grant = newGrant()
        const expected = new Map([[grant, unmoved]])
        const [event] = yield* ledger.append([refreshStarted(grant)], { expected })
        assert.strictEqual(versionOf(ledger.known(), grant), event?.seq)
      })
    )

    promises(
      "a decision on a version that has moved is told the version it missed, and leaves nothing",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const grant = newGrant()
        const [moved] = yield* ledger.append([refreshStarted(grant)])
        const expected = new Map([[grant, unmoved]])
        const before = yield* ledger.head
        const { reason } = yield* Effect.flip(ledger.append([refreshStarted(grant)], { expected }))
        assert.deepInclude(reason, { _tag: "Conflict", grant, expected: unmoved, found: seqOf(moved) })
        assert.deepStrictEqual(yield* ledger.head, before)
      })
    )

    promises(
      "of many who decide on one version exactly one wins",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const grant = newGrant()
        for (let round = 0; round < 10; round++) {
          const expected = new Map([[grant, versionOf(yield* ledger.state, grant)]])
          const race = Effect.exit(ledger.append([refreshStarted(grant)], { expected }))
          const exits = yield* Effect.all(
            Array.from({ length: 16 }, () => race),
            { concurrency: "unbounded" }
          )
          assert.strictEqual(exits.filter(Exit.isSuccess).length, 1)
        }
      })
    )

    promises(
      "observations of many at once are all accepted, those of one append side by side",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const append = (label: string) => ledger.append([relabelled(label), cooldownCleared, relabelled(label)])
        const appended = yield* Effect.forEach(labels(40), append, { concurrency: "unbounded" })
        for (const events of appended) assert.strictEqual(seqOf(events[2]) - seqOf(events[0]), 2)
        assert.strictEqual((yield* Stream.runCollect(ledger.read())).length, 2 + 40 * 3)
      })
    )

    promises(
      "a record over 16 KiB is refused with its whole append, and leaves nothing",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* ledger.append([relabelled("before")])
        const before = yield* ledger.head
        const { reason } = yield* Effect.flip(ledger.append([cooldownCleared, relabelled("x".repeat(17_000))]))
        assert.deepInclude(reason, { _tag: "TooLarge", type: "CredentialRelabelled" })
        assert.deepStrictEqual(yield* ledger.head, before)
        yield* ledger.append([relabelled("x".repeat(15_000))])
      })
    )

    promises(
      "an append whose caller goes away is there as a whole or not at all",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const append = (label: string) => ledger.append([relabelled(label), relabelled(label)])
        const callers = yield* Effect.forEach(labels(30), (label) => Effect.forkChild(append(label)))
        yield* Effect.forEach(callers, (caller, index) => (index % 2 === 0 ? Fiber.interrupt(caller) : Effect.void))
        const stayed = callers.filter((_, index) => index % 2 === 1)
        yield* Effect.forEach(stayed, Fiber.join)
        const counts = Map.groupBy((yield* Stream.runCollect(ledger.read())).slice(2), labelOf)
        assert.isTrue(Array.from(counts.values()).every((events) => events.length === 2))
        assert.isAtLeast(counts.size, 15)
      })
    )

    promises(
      "what is known follows what is appended, and is the fold of what is read",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const grant = newGrant()
        yield* ledger.append([refreshStarted(grant), relabelled("one")])
        const known = ledger.known()
        assert.strictEqual(known.head, (yield* ledger.head).seq)
        assert.deepStrictEqual(fold(yield* Stream.runCollect(ledger.read())), known)
        assert.deepStrictEqual(yield* ledger.state, known)
      })
    )

    promises(
      "a scan takes what is wanted by type or by a name on its line, and nothing else",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const grants = [newGrant(), newGrant()] as const
        yield* ledger.append([refreshStarted(grants[0]), relabelled("one"), refreshStarted(grants[1]), cooldownCleared])
        const all = yield* Stream.runCollect(ledger.read())
        const ofTypes = (events: ReadonlyArray<Recorded>) => events.filter(({ type }) => type === "RefreshStarted")
        assert.deepStrictEqual(yield* scanned(ledger, {}), all)
        assert.deepStrictEqual(yield* scanned(ledger, { types: new Set(["RefreshStarted"]) }), ofTypes(all))
        assert.deepStrictEqual(yield* scanned(ledger, { names: [grants[1]] }), [ofTypes(all)[1]])
        assert.deepStrictEqual(yield* scanned(ledger, { types: new Set(["CooldownCleared"]), names: [...grants] }), [])
      })
    )

    promises(
      "a scan begins and ends where it is told to, and says how far it came",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* ledger.append(labels(8).map(relabelled))
        const all = yield* Stream.runCollect(ledger.read())
        const seen: Array<Recorded> = []
        const take = (event: Recorded) => void seen.push(event)
        assert.deepStrictEqual(yield* ledger.scan({ from: seq(4), to: seq(6), take }), { seq: seq(6) })
        assert.deepStrictEqual(seen, all.slice(3, 6))
        assert.deepStrictEqual(yield* ledger.scan({ from: seq(11), take }), { seq: seq(10) })
        assert.strictEqual(seen.length, 3)
        assert.deepStrictEqual(yield* ledger.scan({ from: seq(0), to: seq(2), take }), { seq: seq(2) })
        assert.deepStrictEqual(seen.slice(3), all.slice(0, 2))
      })
    )

    promises(
      "lines are whole: each continues the one before, and holds the event that is read",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* ledger.append(labels(8).map(relabelled))
        const all = yield* Stream.runCollect(ledger.read())
        const { end, lines } = yield* linesOf(ledger, {})
        let last: LineFormat.Link = { seq: seq(0), h: "" }
        const events = lines.map((text) => {
          const { event, h } = Result.getOrThrow(LineFormat.check(last, text))
          last = { seq: event.seq, h }
          return event
        })
        assert.deepStrictEqual(events, all)
        assert.deepStrictEqual(end, { seq: seq(all.length) })
      })
    )

    promises(
      "lines begin and end where they are told to, and are those that a scan would take",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const grants = [newGrant(), newGrant()] as const
        yield* ledger.append([refreshStarted(grants[0]), relabelled("one"), refreshStarted(grants[1]), cooldownCleared])
        const { lines: all } = yield* linesOf(ledger, {})
        const { end, lines } = yield* linesOf(ledger, { from: seq(2), to: seq(4) })
        assert.deepStrictEqual(lines, all.slice(1, 4))
        assert.deepStrictEqual(end, { seq: seq(4) })
        const starts = yield* linesOf(ledger, { types: new Set(["RefreshStarted"]) })
        assert.deepStrictEqual(starts.lines, [all[2], all[4]])
        assert.deepStrictEqual((yield* linesOf(ledger, { names: [grants[1]] })).lines, [all[4]])
        assert.deepStrictEqual((yield* linesOf(ledger, { from: seq(99) })).lines, [])
      })
    )

    promises(
      "a tail gives what is there and what comes, each event once",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* ledger.append(labels(3).map(relabelled))
        const reached = yield* Deferred.make<void>()
        const following = yield* ledger.tail().pipe(
          Stream.tap((event) => (event.seq === 5 ? Deferred.succeed(reached, undefined) : Effect.void)),
          Stream.take(50),
          Stream.runCollect,
          Effect.forkChild
        )
        yield* Deferred.await(reached)
        yield* Effect.forEach(labels(45), (label) => ledger.append([relabelled(label)]), { concurrency: 3 })
        assert.deepStrictEqual(yield* Fiber.join(following), yield* Stream.runCollect(ledger.read()))
      })
    )

    promises(
      "a tail begins where it is told to, also in the future",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const following = yield* ledger.tail(seq(5)).pipe(Stream.take(2), Stream.runCollect, Effect.forkChild)
        const events = yield* ledger.append(labels(4).map(relabelled))
        assert.deepStrictEqual(yield* Fiber.join(following), events.slice(2))
      })
    )

    promises(
      "reading and following from 0 begin with the first event, and follow each event once",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* ledger.append([relabelled("one")])
        const following = yield* ledger
          .tail(seq(0))
          .pipe(Stream.take(6), Stream.runCollect, Effect.forkChild({ startImmediately: true }))
        yield* Effect.forEach(labels(3), (label) => ledger.append([relabelled(label)]))
        assert.deepStrictEqual(yield* Fiber.join(following), yield* Stream.runCollect(ledger.read(seq(0))))
      })
    )

    promises(
      "a moment named by a seq or an id is behind that event",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* Effect.forEach(labels(10), (label) => ledger.append([refreshStarted(newGrant()), relabelled(label)]))
        const all = yield* Stream.runCollect(ledger.read())
        for (const { id, seq } of all) {
          const expected = fold(all.slice(0, seq))
          assert.deepStrictEqual(yield* ledger.asOf({ seq }), expected)
          assert.deepStrictEqual(yield* ledger.asOf({ id }), expected)
        }
        assert.deepStrictEqual(yield* ledger.asOf({ seq: unmoved }), empty)
        assert.deepStrictEqual(yield* ledger.asOf({ seq: seq(all.length) }), ledger.known())
      })
    )

    promises(
      "a moment named by a time is before the first event that is later, though the clock went back",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        for (const time of [2_000, 5_000, 3_000, 4_000, 9_000, 8_000]) {
          yield* TestClock.setTime(time)
          yield* ledger.append([refreshStarted(newGrant())])
        }
        const all = yield* Stream.runCollect(ledger.read())
        for (const [at, last] of [
          [1_999, 1],
          [2_000, 3],
          [4_999, 3],
          [5_000, 6],
          [8_999, 6],
          [9_000, 8],
          [10_000, 8]
        ] as const) {
          assert.deepStrictEqual(yield* ledger.asOf({ at }), fold(all.slice(0, last)), `${at}`)
        }
      })
    )

    promises(
      "a moment that the ledger does not reach is refused with what it holds",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* ledger.append([relabelled("one")])
        const id = EventId.make(randomUUID())
        for (const [moment, wanted] of [
          [{ seq: seq(4) }, "event 4"],
          [{ id }, `the event ${id}`]
        ] as const) {
          const { reason } = yield* Effect.flip(ledger.asOf(moment))
          assert.deepInclude(reason, { _tag: "NoSuchEvent", wanted, first: seq(1), head: seq(3) })
        }
      })
    )

    promises(
      "the head names the last event and the ledger it is in",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const before = yield* ledger.head
        const [event] = yield* ledger.append([cooldownCleared])
        const after = yield* ledger.head
        assert.strictEqual(after.seq, event?.seq)
        assert.strictEqual(after.ledger, ledger.known().ledger?.id)
        assert.match(after.h, /^[\w-]{43}$/)
        assert.notStrictEqual(after.h, before.h)
      })
    )

    promises(
      "fingerprints are taken under the key that the first event checks",
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const fingerprints = yield* Fingerprints
        const [opened] = yield* Stream.runCollect(ledger.read())
        assert(opened?.type === "LedgerOpened")
        assert.strictEqual(opened.data.check, fingerprints.ofText("daybook"))
        assert.strictEqual(fingerprints.of(Redacted.make("daybook")), opened.data.check)
        assert.notStrictEqual(fingerprints.ofText("other"), opened.data.check)
      })
    )
  })
}

const unmoved = seq(0)

const scanned = (ledger: Ledger["Service"], wanted: Wanted) =>
  Effect.gen(function* () {
    const events: Array<Recorded> = []
    yield* ledger.scan({ ...wanted, take: (event) => void events.push(event) })
    return events
  })

const linesOf = (ledger: Ledger["Service"], wanted: Omit<LinesOptions, "take">) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const end = yield* ledger.lines({ ...wanted, take: (some) => Effect.sync(() => void lines.push(...some)) })
    return { end, lines }
  })

const labels = (count: number): ReadonlyArray<string> => Array.from({ length: count }, (_, index) => `label ${index}`)

const typesOf = (events: ReadonlyArray<Recorded>) => events.map((event) => event.type)

const seqOf = (event: Recorded | undefined): Seq => {
  assert(event !== undefined)
  return event.seq
}

const labelOf = (event: Recorded) => (event.type === "CredentialRelabelled" ? event.data.label : undefined)
