/**
 * The token endpoints of all dialects, and revocation (RFC 7009).
 *
 * Order of a refresh: read, park `beforeReading`, take a fault, commit in one synchronous step, park `afterCommit`,
 * answer in pieces. A client that is gone before the commit costs nothing; after it the rotation stands.
 */
import { Clock, Effect } from "effect"
import * as Answer from "./Answer.ts"
import { protocols, spokenAt } from "./Dialects.ts"
import * as Faults from "../Faults.ts"
import * as Grants from "../Grants.ts"
import { type HoldPoint } from "../HoldPoints.ts"
import * as Connection from "./Connection.ts"
import * as LoginGrant from "./LoginGrant.ts"
import * as TokenEndpoint from "./TokenEndpoint.ts"
import * as TokenRequest from "./TokenRequest.ts"
import * as World from "./World.ts"

/** A token request on its way through the endpoint. */
interface Visit extends TokenEndpoint.Addressed {
  readonly world: World.World
  readonly connection: Connection.Connection
  readonly post: number
  readonly client: string | null
  readonly request: TokenRequest.TokenRequest
}

/** Whether the request is for a token endpoint. */
export const serves = (method: string, path: string): boolean => spokenAt(method, path).length > 0

const revocation: ReadonlySet<string> = new Set(["/oauth/revoke", "/oauth2/revoke"])

/** Whether the request is a revocation. */
export const servesRevocation = (method: string, path: string): boolean => method === "POST" && revocation.has(path)

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
  const request = TokenRequest.make(connection, yield* Connection.readBody(connection))
  const addressed = TokenEndpoint.address(world.grants.get(), world.dialect, connection.path, request)
  const { presented, grant } = addressed
  world.journal.amend(post, { request: request.received, presented, grant: grant?.id ?? null })
  return { ...addressed, world, connection, post, client, request }
})

const presentsSpent = ({ world, grant, presented }: Visit) =>
  grant !== null && presented !== null && Grants.isSpent(world.grants.get(), presented)

const answerTo = ({ protocol, connection }: Visit, result: Grants.RefreshResult, now: number): Answer.Answer => {
  if (result._tag === "Refused") return protocol.refusal(result.refusal)
  const { grant, tokens } = result
  const rotated = result._tag !== "Renewed"
  return Answer.json(200, protocol.success({ grant, tokens, rotated, now, origin: Connection.origin(connection) }))
}

const successorOf = (result: Grants.RefreshResult) =>
  result._tag === "Rotated" || result._tag === "Replayed" ? result.tokens.refreshToken : null

/** The authorization server's own decision; the only step that changes what it knows. A login spends its code here. */
const decide = Effect.fnUntraced(function* (visit: Visit): Effect.fn.Return<Answer.Answer, Connection.Gone> {
  const { world, connection, post, refresh, request, grant, protocol } = visit
  if (LoginGrant.isLogin(request)) {
    if (Connection.isGone(connection)) return yield* new Connection.Gone()
    const now = yield* Clock.currentTimeMillis
    return yield* LoginGrant.decide(world, protocol, request, now, Connection.origin(connection))
  }
  if (typeof refresh === "string") return protocol.refusal(refresh)
  if (grant === null) return protocol.refusal("unknown")
  const now = yield* Clock.currentTimeMillis
  const minted = yield* World.mint(world, grant, grant.policy.accessLifetime, now)
  if (Connection.isGone(connection)) return yield* new Connection.Gone()
  const reuse = presentsSpent(visit)
  const result = world.grants.modify((state) => Grants.refresh(state, refresh, minted, now))
  world.journal.amend(post, { reuse, committed: result._tag === "Rotated", successor: successorOf(result) })
  return answerTo(visit, result, now)
})

const delay = (visit: Visit, fault: Faults.TokenFault | null, afterCommit: boolean) =>
  fault?._tag === "Delay" && Faults.commits(fault) === afterCommit
    ? Connection.whileThere(visit.connection, Effect.sleep(fault.millis))
    : Effect.void

const refusesUndecided = (fault: Faults.TokenFault | null): fault is Faults.TokenFault =>
  fault !== null && fault._tag !== "Delay" && !Faults.commits(fault)

const makeAnswer = Effect.fnUntraced(function* (visit: Visit): Effect.fn.Return<Answer.Answer, Connection.Gone> {
  const { world, connection, post, grant } = visit
  const trap = `${world.trapOrigin}${connection.path}`
  const fault = world.tokenFaults.modify((queue) => Faults.take(queue, grant?.id ?? null))
  world.journal.amend(post, { fault: fault?._tag ?? null, reuse: presentsSpent(visit) })
  if (refusesUndecided(fault)) return Faults.distort(fault, Answer.empty(0), trap)
  yield* delay(visit, fault, false)
  const ordinary = yield* decide(visit)
  if (Answer.grants(ordinary)) yield* pause(visit, "afterCommit")
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
  const form = TokenRequest.parseBody(Connection.header(connection, "content-type"), body)
  const token = form.get("token")
  if (token === null) {
    yield* Connection.send(connection, protocols[world.dialect].refusal("malformed"))
    return
  }
  const now = yield* Clock.currentTimeMillis
  const check = Grants.checkAccess(world.grants.get(), token, now)
  const grant = Grants.grantOf(world.grants.get(), token) ?? (check._tag === "Unknown" ? null : check.grant)
  world.grants.update((state) => Grants.revokeToken(state, token))
  world.journal.addRevocation({
    receivedAt: now,
    token,
    hint: form.get("token_type_hint"),
    clientId: form.get("client_id"),
    grant: grant?.id ?? null
  })
  yield* Connection.send(connection, Answer.empty(200))
})
