/**
 * Answers of the model API as server-sent events, in each vendor's own shape: what a client gets that says
 * `"stream": true`.
 */
import * as Answer from "./Answer.ts"

/** Anything JSON, or a word that stands for the end. */
export type StreamEvent = string | { readonly [member: string]: unknown }

const written = (event: StreamEvent): string => {
  if (typeof event === "string") return `data: ${event}\n\n`
  const name = typeof event["type"] === "string" ? `event: ${event["type"]}\n` : ""
  return `${name}data: ${JSON.stringify(event)}\n\n`
}

export const answer = (events: ReadonlyArray<StreamEvent>): Answer.Answer => ({
  ...Answer.json(200, {}),
  headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" },
  body: events.map(written).join(""),
  framing: "chunked"
})

/** A text in the pieces that it comes in. */
const pieces = (text: string): ReadonlyArray<string> => text.match(/\S+\s*/g) ?? []

interface ResponseItem {
  readonly id: string
  readonly content: ReadonlyArray<{ readonly text: string }>
}

/** `/v1/responses`. */
export const response = (whole: { readonly output: ReadonlyArray<ResponseItem> }): ReadonlyArray<StreamEvent> => {
  const [item] = whole.output
  const [part] = item?.content ?? []
  if (item === undefined || part === undefined) return []
  const begun = { ...whole, status: "in_progress", output: [] }
  const place = { item_id: item.id, output_index: 0, content_index: 0 }
  const events = [
    { type: "response.created", response: begun },
    { type: "response.in_progress", response: begun },
    { type: "response.output_item.added", output_index: 0, item: { ...item, status: "in_progress", content: [] } },
    { type: "response.content_part.added", ...place, part: { ...part, text: "" } },
    ...pieces(part.text).map((delta) => ({ type: "response.output_text.delta", ...place, delta, logprobs: [] })),
    { type: "response.output_text.done", ...place, text: part.text, logprobs: [] },
    { type: "response.content_part.done", ...place, part },
    { type: "response.output_item.done", output_index: 0, item },
    { type: "response.completed", response: whole }
  ]
  return events.map((event, sequence_number) => ({ ...event, sequence_number }))
}

interface Completion {
  readonly id: string
  readonly created: number
  readonly model: string
  readonly choices: ReadonlyArray<{ readonly message: { readonly content: string } }>
}

/** `/v1/chat/completions`. */
export const completion = ({ choices, created, id, model }: Completion): ReadonlyArray<StreamEvent> => {
  const chunk = (delta: object, finish_reason: string | null) => ({
    id,
    object: "chat.completion.chunk",
    created,
    model,
    choices: [{ index: 0, delta, finish_reason }]
  })
  return [
    chunk({ role: "assistant", content: "" }, null),
    ...pieces(choices[0]?.message.content ?? "").map((content) => chunk({ content }, null)),
    chunk({}, "stop"),
    "[DONE]"
  ]
}

interface Message {
  readonly content: ReadonlyArray<{ readonly text: string }>
  readonly stop_reason: string
  readonly usage: { readonly output_tokens: number }
}

/** `/v1/messages`. */
export const message = (whole: Message): ReadonlyArray<StreamEvent> => [
  {
    type: "message_start",
    message: { ...whole, content: [], stop_reason: null, usage: { ...whole.usage, output_tokens: 0 } }
  },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  ...pieces(whole.content[0]?.text ?? "").map((text) => ({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text }
  })),
  { type: "content_block_stop", index: 0 },
  {
    type: "message_delta",
    delta: { stop_reason: whole.stop_reason, stop_sequence: null },
    usage: { output_tokens: whole.usage.output_tokens }
  },
  { type: "message_stop" }
]
