/**
 * What traces show of a refresh. Its span says what the ledger says, under the ledger's words: what a flight appended is
 * noted in its span, so that a trace and a ledger can be laid side by side. No token comes near a span.
 */
import type { PoolEvent } from "@daybook/pool/Event"
import { outcomeOf } from "@daybook/pool/queries/Measures"
import type { Credential } from "@daybook/pool/PoolState"
import type { Draft } from "@daybook/pool/Recorded"
import type { RefreshError } from "@daybook/pool/RefreshError"
import type { ApiVerdict } from "@daybook/pool/Verdict"
import { Effect, type Fiber, Option, Tracer } from "effect"
import type { Token } from "./CredentialPool.ts"
import type { Landing, Want } from "./Section.ts"

/** Whether anybody keeps spans: Effect's own tracer keeps nothing. */
export const isTraced: Effect.Effect<boolean> = Effect.withFiberSucceed((fiber) => isTracedIn(fiber))

export const isTracedIn = (fiber: Fiber.Fiber<unknown, unknown>): boolean =>
  fiber.getRef(Tracer.Tracer) !== Tracer.nativeTracer

const refreshSpan = "Refresher.refresh"

/** One span for each flight. */
export const inRefreshSpan = (
  { id, provider }: Pick<Credential, "id" | "provider">,
  { trigger }: Want
): (<R>(flight: Effect.Effect<Landing, RefreshError, R>) => Effect.Effect<Landing, RefreshError, R>) => {
  const attributes = { provider, credential: id, trigger, outcome: "served" }
  return (flight) =>
    flight.pipe(
      Effect.tapError(({ reason }) => Effect.annotateCurrentSpan(attributesOf(reason))),
      Effect.withSpan(refreshSpan, { attributes }, { captureStackTrace: false })
    )
}

const attributesOf = (reason: RefreshError["reason"]) =>
  reason._tag === "Raced"
    ? { outcome: "raced" }
    : { outcome: reason._tag === "Terminal" ? "terminal" : "transient", reason: reason.reason }

/** One request to an API, with one credential; `sent` counts the requests of a call. */
export const inAttemptSpan = <A extends { readonly verdict: ApiVerdict | undefined }, E, R>(
  { credential, provider }: Pick<Token, "credential" | "provider">,
  sent: number,
  attempt: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  attempt.pipe(
    Effect.tap(({ verdict }) => Effect.annotateCurrentSpan({ answer: verdict?.verdict ?? "accepted" })),
    Effect.withSpan(
      "CredentialUse.attempt",
      { kind: "client", attributes: { provider, credential, sent } },
      { captureStackTrace: false }
    )
  )

/** Only in a span of ours: a program's own is left alone. */
export const noteInSpan = (events: ReadonlyArray<Draft>): Effect.Effect<void> =>
  Effect.flatMap(Effect.option(Effect.currentSpan), (span) =>
    Effect.sync(() => {
      if (Option.isNone(span) || span.value.name !== refreshSpan) return
      for (const event of events) {
        for (const [key, value] of Object.entries(wordsOf(event))) span.value.attribute(key, value)
      }
    })
  )

const wordsOf = (event: Draft): Readonly<Record<string, string>> => ({
  ...(event.correlation === undefined ? {} : { correlation: event.correlation }),
  ...startOf(event),
  ...outcomeOf(event)
})

const startOf = (event: PoolEvent): Readonly<Record<string, string>> =>
  event.type === "RefreshStarted" ? { attempt: event.data.attempt, trigger: event.data.trigger } : {}
