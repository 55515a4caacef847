/** A refusal out of the ledger: what was concluded from it then, and what the rules of today conclude. */
import { Ledger } from "@daybook/ledger/Ledger"
import { explainEvidence, type Refusal } from "@daybook/oauth/Explain"
import { defaultProviders, undefinedProvider } from "@daybook/oauth/Providers"
import { classifierVersion } from "@daybook/oauth/Rules"
import type { EventOf } from "@daybook/pool/Event"
import { Seq } from "@daybook/pool/Ids"
import { format } from "@daybook/pool/Instant"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, HashMap, Option, Stream } from "effect"
import { exitCodes } from "./ExitCode.ts"
import { namesIn } from "@daybook/words/Names"
import { Stop } from "./Stop.ts"

export interface Again {
  readonly seq: number
  readonly at: string
  readonly provider: string
  /** Absent if nobody has concluded anything yet. */
  readonly recorded: EventOf<"ErrorClassified">["data"] | undefined
  readonly today: Refusal
  readonly classifier: number
}

export const classifyAgain = Effect.fnUntraced(function* (seq: number) {
  const ledger = yield* Ledger
  const state = yield* ledger.state
  if (seq > state.head) return yield* noSuchEvent(seq, state.head)
  const from = ledger.read(Seq.make(seq))
  const next = yield* Stream.runHead(from)
  const event = Option.getOrUndefined(Option.filter(next, (event) => event.seq === seq))
  const refusal = event === undefined ? undefined : refusalIn(event)
  if (event === undefined || refusal === undefined) return yield* noRefusal(seq, event?.type)
  const { kind, provider } = subjectOf(state, event)
  const concluded = yield* Stream.runHead(Stream.filter(from, (later) => isConclusion(later, event)))
  const definition = defaultProviders.find(({ id }) => id === provider) ?? undefinedProvider
  return {
    seq,
    at: format(event.at),
    provider,
    recorded: Option.getOrUndefined(Option.map(concluded, ({ data }) => data as EventOf<"ErrorClassified">["data"])),
    today: explainEvidence({ ...refusal, provider: definition, kind, now: event.at }, refusal.evidence),
    classifier: classifierVersion
  } satisfies Again
})

const refusalIn = (event: Recorded) => {
  if (event.type === "RefreshFailed") return { surface: "token", evidence: event.data.evidence } as const
  if (event.type !== "ApiOutcomeObserved" || event.data.evidence === undefined) return undefined
  return { surface: "api", evidence: event.data.evidence } as const
}

const isConclusion = (later: Recorded, event: Recorded): boolean =>
  later.type === "ErrorClassified" && later.data.of === event.id

const subjectOf = (state: PoolState, event: Recorded) => {
  const id = namesIn(state).credential(event)
  const credential = id === undefined ? Option.none() : HashMap.get(state.credentials, id)
  return Option.match(credential, {
    onNone: () => ({ provider: "unknown", kind: "oauth" as const }),
    onSome: ({ kind, provider }) => ({ provider, kind })
  })
}

const noSuchEvent = (seq: number, head: number) =>
  new Stop({ exitCode: exitCodes.usage, message: `There is no event ${seq}. The ledger's events are 1 to ${head}.` })

const noRefusal = (seq: number, type: string | undefined) =>
  new Stop({
    exitCode: exitCodes.usage,
    message:
      type === undefined
        ? `Event ${seq} is lost: a damaged part of the ledger held it.`
        : `Event ${seq} is ${type}, not a refusal. Name a RefreshFailed or a refused ApiOutcomeObserved; \`daybook log\` shows them.`
  })
