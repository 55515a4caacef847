/**
 * Asks a model a question through the client library of OpenAI. Its requests carry a login of the pool, and another one
 * if the first is refused.
 *
 *   node examples/script.ts QUESTION [ORIGIN]
 *
 * ORIGIN is where the provider is to be found in place of its own address, such as a sandbox.
 */
import { openAiCodex, openPool, providerAt } from "daybook"
import OpenAI from "openai"

const [question = "Say hello.", origin] = process.argv.slice(2)

await using pool = await openPool(origin === undefined ? {} : { providers: [providerAt(openAiCodex, origin)] })

const client = new OpenAI({
  apiKey: "unused",
  fetch: pool.fetch("openai-codex"),
  ...(origin === undefined ? {} : { baseURL: `${origin}/v1` })
})

const events = await client.responses.create({ model: "gpt-5", input: question, stream: true })
for await (const event of events) {
  if (event.type === "response.output_text.delta") process.stdout.write(event.delta)
}
process.stdout.write("\n")
