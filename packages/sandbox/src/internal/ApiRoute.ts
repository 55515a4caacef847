/**
 * A model API of four endpoints, just enough for a client to notice whether its access token is good.
 *
 * A call is authenticated first; a queued fault then takes the place of the answer.
 */
import { Clock, Effect, Predicate } from "effect"
import * as Answer from "./Answer.ts"
import * as Dialects from "./Dialects.ts"
import * as Faults from "../Faults.ts"
import { type Grant } from "../Grant.ts"
import * as Grants from "../Grants.ts"
import { randomId } from "../Tokens.ts"
import * as Connection from "./Connection.ts"
import { parseJson } from "./TokenRequest.ts"
import { type World } from "./World.ts"

const model = "sandbox-1"
const text = "Hello from the sandbox."

interface Call {
  readonly grant: Grant
  readonly body: string
  /** Epoch seconds. */
  readonly now: number
}

const modelOf = ({ body }: Call) => {
  const request = parseJson(body)
  return Predicate.hasProperty(request, "model") && Predicate.isString(request.model) ? request.model : model
}

const response = (call: Call) => ({
  id: randomId("resp"),
  object: "response",
  created_at: call.now,
  status: "completed",
  model: modelOf(call),
  output: [
    {
      type: "message",
      id: randomId("msg"),
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text, annotations: [] }]
    }
  ],
  usage: { input_tokens: 1, output_tokens: 5, total_tokens: 6 }
})

const completion = (call: Call) => ({
  id: randomId("chatcmpl"),
  object: "chat.completion",
  created: call.now,
  model: modelOf(call),
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: text } }],
  usage: { prompt_tokens: 1, completion_tokens: 5, total_tokens: 6 }
})

const models = ({ now }: Call) => ({
  object: "list",
  data: [{ id: model, object: "model", created: now, owned_by: "sandbox" }]
})

const window = (now: number, seconds: number) => ({
  used_percent: 1,
  limit_window_seconds: seconds,
  reset_at: now + seconds
})

const usage = ({ grant, now }: Call) => ({
  plan_type: grant.subject.plan,
  rate_limit: {
    allowed: true,
    limit_reached: false,
    primary_window: window(now, 18_000),
    secondary_window: window(now, 604_800)
  },
  credits: { has_credits: false, unlimited: false }
})

const endpoints: Readonly<Record<string, (call: Call) => unknown>> = {
  "POST /v1/responses": response,
  "POST /v1/chat/completions": completion,
  "GET /v1/models": models,
  "GET /backend-api/wham/usage": usage
}

/** Whether the request is for the model API. */
export const serves = (method: string, path: string): boolean => Object.hasOwn(endpoints, `${method} ${path}`)

const answer = (world: World, check: Grants.AccessCheck, endpoint: string, body: string, now: number) => {
  if (check._tag !== "Valid") return Dialects.apiRefusal(check)
  const fault = world.apiFaults.modify((queue) => Faults.take(queue, check.grant.id))
  if (fault !== null) return Faults.apiAnswer(fault, `${world.trapOrigin}/v1`)
  return Answer.json(200, endpoints[endpoint]?.({ grant: check.grant, body, now: Math.floor(now / 1000) }))
}

export const handleApi = Effect.fnUntraced(function* (
  world: World,
  connection: Connection.Connection,
  method: string
): Effect.fn.Return<void, Connection.Gone> {
  const { path } = connection
  const body = yield* Connection.readBody(connection)
  const now = yield* Clock.currentTimeMillis
  const token = Connection.bearer(connection)
  const check = Grants.checkAccess(world.grants.get(), token ?? "", now)
  const made = answer(world, check, `${method} ${path}`, body, now)
  world.journal.addApiCall({
    receivedAt: now,
    client: Connection.header(connection, "x-sandbox-client"),
    method,
    path,
    token,
    grant: check._tag === "Unknown" ? null : check.grant.id,
    status: made.status,
    code: made.code
  })
  yield* Connection.send(connection, made)
})
