/**
 * How an export reaches its collector: few at a time, each for a limited while, and given up at once when the pool
 * closes. What goes wrong is said once, with the collector's origin and nothing else of its address.
 */
import { Effect } from "effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import { HttpClientError, TransportError } from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"

/** More than these wait only for a collector that does not keep up. */
const mostAtOnce = 4

export interface Collector {
  readonly client: HttpClient.HttpClient
  /** From now on nothing is tried twice. */
  readonly close: Effect.Effect<void>
}

export const make = (timeoutMillis: number): Effect.Effect<Collector> =>
  Effect.gen(function* () {
    const fetch = yield* HttpClient.HttpClient
    const run = Effect.runForkWith(yield* Effect.context())
    let underWay = 0
    let isClosing = false
    let isSaid = false

    const complain = (request: HttpClientRequest, why: string) =>
      Effect.sync(() => {
        if (isSaid) return
        isSaid = true
        const { origin } = new URL(request.url)
        run(Effect.logWarning(`Telemetry does not reach ${origin}: ${why}. Tokens are not affected.`))
      })

    const client = HttpClient.transform(fetch, (sending, request) =>
      Effect.suspend(() => {
        if (underWay >= mostAtOnce) return Effect.as(complain(request, "it does not keep up"), givenUp(request))
        underWay += 1
        return sending.pipe(
          Effect.timeoutOrElse({ duration: timeoutMillis, orElse: () => Effect.fail(late(request)) }),
          Effect.provideService(FetchHttpClient.RequestInit, { redirect: "error" }),
          Effect.tap(({ status }) => (status < 400 ? Effect.void : complain(request, `it answered ${status}`))),
          Effect.tapError((error) => complain(request, codeOf(error))),
          Effect.catch((error) => (isClosing ? Effect.succeed(givenUp(request)) : Effect.fail(error))),
          Effect.ensuring(Effect.sync(() => (underWay -= 1)))
        )
      })
    )
    return { client, close: Effect.sync(() => void (isClosing = true)) }
  }).pipe(Effect.provide(FetchHttpClient.layer))

const late = (request: HttpClientRequest) =>
  new HttpClientError({ reason: new TransportError({ request, description: "timeout" }) })

/** A refusal for good: the exporter forgets what it had, and pauses. */
const givenUp = (request: HttpClientRequest) => HttpClientResponse.fromWeb(request, new Response(null, { status: 400 }))

/** The transport's own code, however deep it was wrapped. */
const codeOf = (error: unknown): string => {
  for (let cause = error, depth = 0; typeof cause === "object" && cause !== null && depth < 8; depth++) {
    if ("code" in cause && typeof cause.code === "string") return cause.code
    if ("description" in cause && cause.description === "timeout") return "it does not answer"
    cause = "reason" in cause ? cause.reason : "cause" in cause ? cause.cause : undefined
  }
  return "the request failed"
}
