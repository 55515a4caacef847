/** What `why --json` answers. */
import { ActorId, CredentialId, EventId, Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import { causeSentences, CauseWord } from "@daybook/pool/queries/Cause"
import { type Answer, besides } from "@daybook/pool/queries/Why"
import type { Finding } from "@daybook/pool/queries/why/Case"
import { actorName } from "@daybook/pool/queries/why/Words"
import type { PoolState } from "@daybook/pool/PoolState"
import { StoreKind } from "@daybook/pool/StoreRef"
import { Schema } from "effect"
import type { History } from "../History.ts"
import type { NextStep } from "@daybook/words/NextStep"
import { basisFields, basisOf } from "./Basis.ts"
import { EventDocument, eventDocument } from "./Event.ts"

const By = Schema.Struct({
  actor: Schema.optionalKey(Schema.Struct({ id: ActorId, name: Schema.String })),
  store: Schema.optionalKey(StoreKind.annotate({ description: "Another program, seen in a store of this kind" }))
}).annotate({ description: "Who won, or who did it, where that is known" })

const found = {
  cause: CauseWord.annotate({
    description: Object.entries(causeSentences)
      .map(([word, says]) => `${word}: ${says}`)
      .join(" ")
  }),
  says: Schema.String.annotate({ description: "The same in words, for people" }),
  by: Schema.optionalKey(By)
}

const Link = Schema.Struct({
  event: EventDocument,
  tie: Schema.optionalKey(
    Schema.Literals(["cause", "evidence", "attempt", "trigger", "brought", "won", "account"]).annotate({
      description: "How it led to the next link: as its writer said, or by what the events tell; the last link has none"
    })
  )
})

export const Why = Schema.Struct({
  ...basisFields,
  credential: CredentialId,
  provider: Schema.String,
  field: Schema.String,
  value: Schema.optionalKey(Schema.String),
  ...found,
  setBy: Schema.optionalKey(Seq.annotate({ description: "The event that gave the field its value" })),
  chain: Schema.Array(Link).annotate({ description: "What led to it, the root first" }),
  outside: Schema.optionalKey(
    EventId.annotate({ description: "Named as the cause of the root, and not in this ledger" })
  ),
  evidence: Schema.Array(EventDocument).annotate({ description: "What shows the cause, beside the chain" }),
  before: Schema.optionalKey(
    Schema.Struct({ seq: Seq, at: Instant, ...found }).annotate({ description: "Nothing is wrong now: what was, last" })
  ),
  next: Schema.Struct({ says: Schema.String, command: Schema.optionalKey(Schema.String) }).annotate({
    description: "The one thing to do next"
  })
})

export const whyJson = (
  history: Pick<History, "at" | "damage" | "state">,
  answer: Answer,
  next: NextStep
): typeof Why.Type => {
  const { before, chain, credential, field, finding, setter, value } = answer
  return {
    ...basisOf(history),
    credential: credential.id,
    provider: credential.provider,
    field,
    ...(value === undefined ? {} : { value }),
    ...foundOf(finding, history.state),
    ...(setter === undefined ? {} : { setBy: setter.seq }),
    chain: chain.links.map(({ event, tie }) => ({
      event: eventDocument(event),
      ...(tie === undefined ? {} : { tie })
    })),
    ...(chain.outside === undefined ? {} : { outside: chain.outside }),
    evidence: besides(answer).map(eventDocument),
    ...(before === undefined
      ? {}
      : { before: { seq: before.event.seq, at: before.event.at, ...foundOf(before.finding, history.state) } }),
    next: { says: next.says, ...(next.command === undefined ? {} : { command: next.command }) }
  }
}

const foundOf = ({ by, cause, says }: Finding, state: PoolState) => ({
  cause,
  says,
  ...(by === undefined
    ? {}
    : {
        by: {
          ...(by.actor === undefined ? {} : { actor: { id: by.actor, name: actorName(state, by.actor) } }),
          ...(by.store === undefined ? {} : { store: by.store })
        }
      })
})
