/**
 * A service in a program built on Effect. Its layer needs the pool's; its errors are typed; each call is a span, and the
 * pool's own spans stand below it.
 *
 *   node examples/service.ts [ORIGIN]
 */
import { CredentialUse, layer, openAiCodex, providerAt } from "daybook"
import { Console, Context, Data, Effect, Layer, Schema, Tracer } from "effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"

const Listed = Schema.fromJsonString(Schema.Struct({ data: Schema.Array(Schema.Struct({ id: Schema.String })) }))

/** The API refused, and no credential could mend that. */
class Refused extends Data.TaggedError("Refused")<{ readonly status: number }> {}

const [origin] = process.argv.slice(2)

const make = Effect.gen(function* () {
  const uses = yield* CredentialUse
  const client = yield* HttpClient.HttpClient

  /** Tried again by the pool with another token, or another credential, if this one is refused. */
  const list = uses.use("openai-codex", {}, (token) =>
    Effect.gen(function* () {
      const request = HttpClientRequest.get(`${origin ?? "https://api.openai.com"}/v1/models`)
      const { headers, status, text } = yield* client.execute(HttpClientRequest.bearerToken(request, token.token))
      const body = yield* text
      const isAccepted = status === 200
      const verdict = yield* uses.report(token, { status, headers, body: isAccepted ? "" : body })
      return { value: { status, body }, verdict: isAccepted ? undefined : verdict }
    })
  )

  return {
    list: list.pipe(
      Effect.filterOrFail(
        ({ status }) => status === 200,
        ({ status }) => new Refused({ status })
      ),
      Effect.flatMap(({ body }) => Schema.decodeUnknownEffect(Listed)(body)),
      Effect.map(({ data }) => data.map(({ id }) => id)),
      Effect.withSpan("Models.list")
    )
  }
})

class Models extends Context.Service<Models, Effect.Success<typeof make>>()("examples/Models") {
  static readonly layer = Layer.effect(Models, make)
}

/** A request with a credential follows no redirect, and tells the provider nothing of our traces. */
const http = FetchHttpClient.layer.pipe(
  Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { redirect: "manual" })),
  Layer.merge(Layer.succeed(HttpClient.TracerPropagationEnabled, false))
)
const pool = layer(origin === undefined ? {} : { providers: [providerAt(openAiCodex, origin)] })

const program = Effect.gen(function* () {
  const { list } = yield* Models
  for (const id of yield* list) yield* Console.log(id)
}).pipe(
  Effect.catchTag("NoneAvailable", ({ message }) => Console.error(message)),
  Effect.catchTag("Refused", ({ status }) => Console.error(`the API answered ${status}`))
)

/** Says which spans have ended, the inner ones first. A real program has a tracer that sends them somewhere. */
class SaidSpan extends Tracer.NativeSpan {
  override end(...how: Parameters<Tracer.NativeSpan["end"]>): void {
    super.end(...how)
    console.error(`${this.name}: ${how[1]._tag}`)
  }
}

const tracer = Layer.succeed(Tracer.Tracer, Tracer.make({ span: (options) => new SaidSpan(options) }))

await Effect.runPromise(
  program.pipe(
    Effect.provide(Models.layer.pipe(Layer.provideMerge(http), Layer.provide(pool), Layer.provideMerge(tracer)))
  )
)
