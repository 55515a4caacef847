/** What the tour provokes, one act after the other. Each waits for what it should bring into the ledger. */
import type { Controls } from "@daybook/sandbox/Controls"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect } from "effect"
import type { Onlooker } from "./Onlooker.ts"
import type { Stage } from "./Stage.ts"
import type { Worker } from "./Workers.ts"

export interface Cast {
  readonly sandbox: Controls
  readonly stage: Stage
  readonly workers: ReadonlyArray<Worker>
  readonly onlooker: Onlooker
  /** Says a line between the events. */
  readonly say: (text: string) => Effect.Effect<void>
}

export const acts = Effect.fnUntraced(function* (cast: Cast) {
  yield* race(cast)
  yield* killedWorker(cast)
  yield* rateLimit(cast)
  yield* revocation(cast)
})

const lastSeq = (cast: Cast) => Effect.map(cast.onlooker.events, (events) => events.at(-1)?.seq ?? 0)

const isAccepted = (event: Recorded, credential: string): boolean =>
  event.type === "ApiOutcomeObserved" && event.data.accepted && event.credential === credential

/** One refresh token, four processes that want the next one at the same moment. */
const race = Effect.fnUntraced(function* (cast: Cast) {
  const { onlooker, sandbox, say, stage, workers } = cast
  yield* onlooker.until("the first accepted call", (events) => events.some((event) => isAccepted(event, "main")))
  const since = yield* lastSeq(cast)
  yield* say("A race. The access token of main ends now: all four workers are refused and want the next one.")
  const hold = yield* sandbox.hold("beforeReading", { grant: stage.grants.main })
  yield* sandbox.expireAccess({ grant: stage.grants.main })
  yield* hold.parked()
  const others = workers.length - 1
  const crowd = onlooker.until("the others' refusals", (events) => refused(events) >= others, since)
  yield* Effect.ignore(Effect.timeout(crowd, crowding))
  yield* hold.release
  yield* onlooker.until("three processes that adopt the winner's tokens", (events) => adopters(events) >= others, since)
  yield* say("One of them sent the refresh token, once; the other three adopted what it got.")
})

/** How long the first request is held so that the others can crowd behind it; a request may take longer than that. */
const crowding = "10 seconds"

const refused = (events: ReadonlyArray<Recorded>): number =>
  new Set(events.filter(({ type }) => type === "ErrorClassified").map(({ actor }) => actor)).size

const adopters = (events: ReadonlyArray<Recorded>): number =>
  new Set(events.filter(({ type }) => type === "RaceAdopted").map(({ actor }) => actor)).size

/** The server has rotated the token and begins its answer; whoever asked dies before reading it. */
const killedWorker = Effect.fnUntraced(function* (cast: Cast) {
  const { onlooker, sandbox, say, stage, workers } = cast
  const since = yield* lastSeq(cast)
  const hold = yield* sandbox.hold("afterHeaders", { grant: stage.grants.main })
  yield* say("A crash. The next refresh of main is stopped halfway through its answer, and its process is killed.")
  const [parked] = yield* hold.parked()
  const victim = workers.find(({ name }) => name === parked?.client)
  if (victim !== undefined) {
    yield* victim.kill
    yield* say(`${victim.name} (pid ${victim.pid}) got SIGKILL. Its refresh token is spent, and nobody has the answer.`)
  }
  yield* hold.release
  yield* onlooker.until("the lost answer", (events) => events.some(({ type }) => type === "OutcomeLost"), since)
  yield* say(
    "The next to hold the lock wrote down that an answer was lost. The old access token is served while it lasts."
  )
  yield* onlooker.until("the replay's answer", (events) => isRecovered(events), since)
  yield* say("Then, and only then, the spent token was sent once more; this server forgives that, and main lives on.")
})

const isRecovered = (events: ReadonlyArray<Recorded>): boolean => {
  const replay = events.findIndex((event) => event.type === "RefreshStarted" && event.data.trigger === "replay")
  return replay >= 0 && events.slice(replay).some(({ type }) => type === "RefreshSucceeded")
}

/** Too many requests for one account: it is benched, the next one serves. */
const rateLimit = Effect.fnUntraced(function* (cast: Cast) {
  const { onlooker, sandbox, say, stage, workers } = cast
  const since = yield* lastSeq(cast)
  yield* say("A rate limit. The API answers 429 to main, with Retry-After: 90.")
  yield* sandbox.apiFault({
    fault: { _tag: "Status", status: 429, headers: { "retry-after": "90" } },
    grant: stage.grants.main,
    times: workers.length
  })
  yield* onlooker.until("a bench", (events) => events.some(({ type }) => type === "CooldownStarted"), since)
  yield* onlooker.until("the second login", (events) => events.some((event) => isAccepted(event, "second")))
  yield* say("main is benched until the time the server named, and the pool goes on with second.")
})

/** The person behind a login ended its session: that is no rate limit, and no waiting helps. */
const revocation = Effect.fnUntraced(function* (cast: Cast) {
  const { onlooker, sandbox, say, stage } = cast
  const since = yield* lastSeq(cast)
  yield* say("A revocation. Somebody signs second out everywhere; the API answers 401 token_invalidated.")
  yield* sandbox.revoke({ grant: stage.grants.second })
  yield* onlooker.until("a quarantine", (events) => events.some(({ type }) => type === "CredentialQuarantined"), since)
  yield* onlooker.until("the third login", (events) => events.some((event) => isAccepted(event, "third")))
  yield* say(
    "second is dead until somebody logs in again: no waiting, no retry, no replay. The pool goes on with third."
  )
})
