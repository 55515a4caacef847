/**
 * The token endpoint, `POST /oauth/token`, and revocation, `POST /oauth/revoke` (RFC 7009).
 *
 * Order of a refresh: read, park `beforeReading`, take a fault, commit in one synchronous step, park `afterCommit`,
 * answer in pieces. A client that is gone before the commit costs nothing; after it the rotation stands.
 */
import { Clock, Effect } from "effect"
import * as Answer from "./Answer.ts"
import * as Dialects from "./Dialects.ts"
import * as Faults from "../Faults.ts"
import { type Grant } from "../Grant.ts"
import * as Grants from "../Grants.ts"
import { type HoldPoint } from "../HoldPoints.ts"
import * as Connection from "./Connection.ts"
import * as TokenRequest from "./TokenRequest.ts"
import * as World from "./World.ts"

/** A token request on its way through the endpoint. */
interface Visit {
  readonly world: World.World
  readonly connection: Connection.Connection
  readonly post: number
  readonly request: ReturnType<typeof TokenRequest.parse>
  readonly grant: Grant | null
  readonly client: string | null
}

const pause = Effect.fnUntraced(function* (visit: Visit, point: HoldPoint): Effect.fn.Return<void, Connection.Gone> {
  const { world, connection, post, grant, client } = visit
  const passing = world.holds.pass({ post, point, grant: grant?.id ?? null, client })
  if (yield* Connection.whileThere(connection, passing)) yield* Connection.lookAgain(connection)
})

const receive = Effect.fnUntraced(function* (
  world: World.World,
  connection: Connection.Connection,
  post: number,
  client: string | null
): Effect.fn.Return<Visit, Connection.Gone> {
  const body = yield* Connection.readBody(connection)
  const request = TokenRequest.parse(Connection.header(connection, "content-type") ?? "", body)
  const presented = typeof request === "string" ? null : request.refreshToken
  const grant = presented === null ? null : Grants.grantOf(world.grants.get(), presented)
  world.journal.amend(post, { presented, grant: grant?.id ?? null })
  return { world, connection, post, request, grant, client }
})

const presentsSpent = ({ world, request }: Visit) =>
  typeof request !== "string" && Grants.isSpent(world.grants.get(), request.refreshToken)

const answerTo = (world: World.World, result: Grants.RefreshResult, now: number): Answer.Answer =>
  result._tag === "Refused"
    ? Dialects.refusal(result.grant?.dialect ?? world.dialect, result.refusal)
    : Dialects.success(result.grant, result.tokens, result._tag !== "Renewed", now)

const successorOf = (result: Grants.RefreshResult) =>
  result._tag === "Rotated" || result._tag === "Replayed" ? result.tokens.refreshToken : null

/** The authorization server's own decision; the only step that changes what it knows. */
const decide = Effect.fnUntraced(function* (visit: Visit): Effect.fn.Return<Answer.Answer, Connection.Gone> {
  const { world, connection, post, request, grant } = visit
  if (typeof request === "string") return Dialects.refusal(world.dialect, request)
  if (grant === null) return Dialects.refusal(world.dialect, "unknown")
  const now = yield* Clock.currentTimeMillis
  const minted = yield* World.mint(world, grant, grant.policy.accessLifetime, now)
  if (Connection.isGone(connection)) return yield* new Connection.Gone()
  const reuse = presentsSpent(visit)
  const result = world.grants.modify((state) => Grants.refresh(state, request, minted, now))
  world.journal.amend(post, { reuse, committed: result._tag === "Rotated", successor: successorOf(result) })
  return answerTo(world, result, now)
})

const delay = (visit: Visit, fault: Faults.TokenFault | null, afterCommit: boolean) =>
  fault?._tag === "Delay" && Faults.commits(fault) === afterCommit
    ? Connection.whileThere(visit.connection, Effect.sleep(fault.millis))
    : Effect.void

const refusesUndecided = (fault: Faults.TokenFault | null): fault is Faults.TokenFault =>
  fault !== null && fault._tag !== "Delay" && !Faults.commits(fault)

const makeAnswer = Effect.fnUntraced(function* (visit: Visit): Effect.fn.Return<Answer.Answer, Connection.Gone> {
  const { world, post, grant } = visit
  const trap = `${world.trapOrigin}/oauth/token`
  const fault = world.tokenFaults.modify((queue) => Faults.take(queue, grant?.id ?? null))
  world.journal.amend(post, { fault: fault?._tag ?? null, reuse: presentsSpent(visit) })
  if (refusesUndecided(fault)) return Faults.distort(fault, Answer.empty(0), trap)
  yield* delay(visit, fault, false)
  const ordinary = yield* decide(visit)
  if (ordinary.status === 200) yield* pause(visit, "afterCommit")
  yield* delay(visit, fault, true)
  return fault === null ? ordinary : Faults.distort(fault, ordinary, trap)
})

const deliver = Effect.fnUntraced(function* (
  visit: Visit,
  answer: Answer.Answer
): Effect.fn.Return<void, Connection.Gone> {
  const { world, connection, post } = visit
  world.journal.amend(post, { status: answer.ending === "reset" ? null : answer.status, code: answer.code })
  const outcome = yield* Connection.send(connection, answer, {
    afterHeaders: pause(visit, "afterHeaders"),
    midBody: pause(visit, "midBody"),
    onFlushed: () => world.journal.amend(post, { outcome: "answered", flushed: true })
  })
  if (outcome !== "answered") world.journal.amend(post, { outcome })
})

export const handleToken = Effect.fnUntraced(function* (
  world: World.World,
  connection: Connection.Connection
): Effect.fn.Return<void> {
  const client = Connection.header(connection, "x-sandbox-client")
  const post = world.journal.open(yield* Clock.currentTimeMillis, client)
  yield* receive(world, connection, post, client).pipe(
    Effect.tap((visit) => pause(visit, "beforeReading")),
    Effect.flatMap((visit) => Effect.flatMap(makeAnswer(visit), (answer) => deliver(visit, answer))),
    Effect.catchTag("Gone", () => Effect.sync(() => world.journal.amend(post, { outcome: "dropped" })))
  )
})

export const handleRevoke = Effect.fnUntraced(function* (
  world: World.World,
  connection: Connection.Connection
): Effect.fn.Return<void, Connection.Gone> {
  const body = yield* Connection.readBody(connection)
  const token = TokenRequest.parameters(Connection.header(connection, "content-type") ?? "", body)("token")
  if (token === null) {
    yield* Connection.send(connection, Dialects.refusal(world.dialect, "malformed"))
    return
  }
  world.grants.update((state) => Grants.revokeToken(state, token))
  yield* Connection.send(connection, Answer.empty(200))
})
