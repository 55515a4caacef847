/**
 * A model API, just enough for a client to notice whether its access token is good and how much of its plan is left.
 *
 * A call is authenticated first; a queued fault then takes the place of the answer; a window that is used up refuses it.
 */
import { Clock, Effect, HashMap, Option } from "effect"
import * as Answer from "./Answer.ts"
import * as Faults from "../Faults.ts"
import * as Grants from "../Grants.ts"
import { blockedUntil } from "../Quota.ts"
import { type Call, type Endpoint, wantsStream } from "./ApiEndpoints.ts"
import * as ApiStreams from "./ApiStreams.ts"
import * as Connection from "./Connection.ts"
import { protocols } from "./Dialects.ts"
import { headersOf } from "./TokenRequest.ts"
import * as Rfc6750 from "./Rfc6750.ts"
import { type World } from "./World.ts"

const accepted = (endpoint: Endpoint, call: Call): Answer.Answer =>
  endpoint.stream !== undefined && wantsStream(call)
    ? ApiStreams.answer(endpoint.stream(call))
    : Answer.json(200, endpoint.answer(call))

/** The endpoint's answer, metered as the grant's dialect does it. */
const ordinary = (endpoint: Endpoint, call: Call): Answer.Answer => {
  const { metering } = protocols[call.grant.dialect]
  if (metering === null || !endpoint.metered) return accepted(endpoint, call)
  const until = blockedUntil(call.quota)
  const answer = until === null ? accepted(endpoint, call) : metering.refusal(until)
  return Answer.withHeaders(answer, metering.headers(call.quota))
}

const answer = (world: World, check: Grants.AccessCheck, endpoint: Endpoint, body: string, now: number) => {
  if (check._tag === "Unknown") return Rfc6750.unknownToken()
  const { grant } = check
  if (check._tag !== "Valid") return protocols[grant.dialect].apiRefusal(check)
  const fault = world.apiFaults.modify((queue) => Faults.take(queue, grant.id))
  const quota = Option.getOrElse(HashMap.get(world.quotas.get(), grant.id), () => ({}))
  const call = { grant, quota, body, now: Math.floor(now / 1000) }
  return fault === null
    ? ordinary(endpoint, call)
    : Faults.apiAnswer(fault, () => ordinary(endpoint, call), `${world.trapOrigin}/v1`)
}

/** Answers a call of the endpoint. */
export const handleApi = Effect.fnUntraced(function* (
  world: World,
  connection: Connection.Connection,
  endpoint: Endpoint
): Effect.fn.Return<void, Connection.Gone> {
  const { path, request } = connection
  const body = yield* Connection.readBody(connection)
  const now = yield* Clock.currentTimeMillis
  const token = Connection.credential(connection)?.token ?? null
  const check = Grants.checkAccess(world.grants.get(), token ?? "", now)
  const made = answer(world, check, endpoint, body, now)
  world.journal.addApiCall({
    receivedAt: now,
    client: Connection.header(connection, "x-sandbox-client"),
    method: request.method ?? "",
    path,
    token,
    headers: headersOf(connection),
    grant: check._tag === "Unknown" ? null : check.grant.id,
    status: made.status,
    code: made.code
  })
  yield* Connection.send(connection, made)
})
