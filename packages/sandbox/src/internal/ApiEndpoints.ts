/** The endpoints of the model API and the shapes of their answers. */
import { Predicate } from "effect"
import { type Grant } from "../Grant.ts"
import { type Quota } from "../Quota.ts"
import { randomId } from "../Tokens.ts"
import * as AnthropicQuota from "./dialects/AnthropicQuota.ts"
import * as CodexQuota from "./dialects/CodexQuota.ts"
import * as ApiStreams from "./ApiStreams.ts"
import { parseJson } from "./TokenRequest.ts"

const model = "sandbox-1"
const text = "Hello from the sandbox."

/** An authenticated call. */
export interface Call {
  readonly grant: Grant
  readonly quota: Quota
  readonly body: string
  /** Epoch seconds. */
  readonly now: number
}

export interface Endpoint {
  readonly answer: (call: Call) => unknown
  /** The same as events, where a client may ask for that. */
  readonly stream?: (call: Call) => ReadonlyArray<ApiStreams.StreamEvent>
  /** Whether a call counts against the plan's allowance; asking how much is left does not. */
  readonly metered: boolean
}

const modelOf = ({ body }: Call) => {
  const request = parseJson(body)
  return Predicate.hasProperty(request, "model") && Predicate.isString(request.model) ? request.model : model
}

export const wantsStream = ({ body }: Call): boolean => {
  const request = parseJson(body)
  return Predicate.hasProperty(request, "stream") && request.stream === true
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

const message = (call: Call) => ({
  id: randomId("msg"),
  type: "message",
  role: "assistant",
  model: modelOf(call),
  content: [{ type: "text", text }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 5 }
})

const models = ({ now }: Call) => ({
  object: "list",
  data: [{ id: model, object: "model", created: now, owned_by: "sandbox" }]
})

const endpoints: Readonly<Record<string, Endpoint>> = {
  "POST /v1/responses": { answer: response, stream: (call) => ApiStreams.response(response(call)), metered: true },
  "POST /v1/chat/completions": {
    answer: completion,
    stream: (call) => ApiStreams.completion(completion(call)),
    metered: true
  },
  "POST /v1/messages": { answer: message, stream: (call) => ApiStreams.message(message(call)), metered: true },
  "GET /v1/models": { answer: models, metered: true },
  "GET /backend-api/wham/usage": {
    answer: ({ grant, quota, now }) => CodexQuota.usage(grant.subject.plan, quota, now),
    metered: false
  },
  "GET /api/oauth/usage": { answer: ({ quota, now }) => AnthropicQuota.usage(quota, now), metered: false }
}

/** Null if the model API serves no such thing. */
export const find = (method: string, path: string): Endpoint | null => {
  const name = `${method} ${path}`
  return Object.hasOwn(endpoints, name) ? (endpoints[name] ?? null) : null
}
