/** `daybook refresh` */
import { Ledger } from "@daybook/ledger/Ledger"
import { type ActorId, Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { storyOf } from "@daybook/pool/queries/Story"
import { CredentialPool, type Token } from "@daybook/refresher/CredentialPool"
import { Clock, Console, Effect, Option, Result, Stream } from "effect"
import { Argument, Command } from "effect/cli"
import { findCredential } from "../FindCredential.ts"
import { eventDocument } from "../json/Event.ts"
import { Refresh } from "../json/Refresh.ts"
import * as Output from "../Output.ts"
import * as ReadPool from "../ReadPool.ts"
import { logLine } from "../render/LogLine.ts"
import { namesIn } from "@daybook/words/Names"
import { moment } from "@daybook/words/Time"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"
import * as WritePool from "../WritePool.ts"

export const refresh = Command.make(
  "refresh",
  {
    credential: Argument.String("credential").pipe(Argument.withDescription("Id or label of a credential")),
    sandbox: WritePool.sandboxFlag
  },
  Effect.fnUntraced(function* ({ credential, sandbox }) {
    const told = yield* settings
    yield* Effect.provide(Ledger, ReadPool.ledgerLayer(told.home)) // fails where there is none, and begins none
    yield* Effect.provide(force(told, credential), WritePool.layer(told, sandbox))
  })
).pipe(
  Command.withDescription(
    "Refreshes one credential now, whatever its expiry, and says what came of it. A dead refresh token is not sent"
  )
)

/** Prints what the refresh wrote into the ledger, then the outcome; a failure is said on stderr. */
const force = Effect.fnUntraced(function* (told: Settings, name: string) {
  const ledger = yield* Ledger
  const { id } = yield* findCredential(yield* ledger.state, name)
  const before = ledger.known().head
  const outcome = yield* Effect.result(CredentialPool.use((pool) => pool.refresh(id)))
  yield* ledger.state
  const events = yield* Stream.runCollect(Stream.filter(ledger.read(Seq.make(before + 1)), storyOf(ledger.known(), id)))
  const token = Option.getOrUndefined(Result.getSuccess(outcome))
  if (told.json)
    yield* Output.documentOf(Refresh, {
      credential: id,
      outcome: token === undefined ? "failed" : outcomeOf(events, ledger.actor),
      expiresAt: token?.expiresAt ?? null,
      events: events.map(eventDocument)
    })
  else {
    for (const event of events) yield* Console.log(logLine(event, namesIn(ledger.known()), told.paint))
    if (token !== undefined) yield* Console.log(sentence(token, yield* Clock.currentTimeMillis))
  }
  if (Result.isFailure(outcome)) return yield* Effect.fail(outcome.failure)
})

/** `adopted`: another program was first, and its tokens are used. What `self` recorded last counts. */
export const outcomeOf = (events: ReadonlyArray<Recorded>, self: ActorId): "adopted" | "refreshed" => {
  const ours = events.filter(({ actor, type }) => actor === self && settling.has(type))
  return ours.at(-1)?.type === "RaceAdopted" ? "adopted" : "refreshed"
}

const settling: ReadonlySet<Recorded["type"]> = new Set(["RaceAdopted", "RefreshSucceeded"] as const)

const sentence = ({ credential, expiresAt, provider }: Token, now: number): string =>
  `${credential} (${provider}) has a token that ends ${expiresAt === undefined ? "at a time nobody named" : moment(expiresAt, now)}.`
