/** One event: what it says, its line, what led to it and what came of it. */
import { grantOf } from "@daybook/pool/Event"
import { type Chain, chainOf } from "@daybook/pool/queries/why/Chain"
import type { Recorded } from "@daybook/pool/Recorded"
import type { Context } from "../model/Context.ts"
import type { Answers } from "../Questions.ts"
import { fieldsOf } from "./Fields.ts"
import { namesFor } from "./Naming.ts"
import { eventAt, eventOf, eventsIn } from "./Reading.ts"
import { Refused } from "./Refused.ts"
import { stepOf } from "./Steps.ts"

type Event = Answers["event"]

export const event = async (context: Context, { seq }: Event["question"]): Promise<Event["answer"]> => {
  const one = await eventAt(context, seq)
  if (one === undefined) throw new Refused(`This ledger has no event ${seq} that can be read.`)
  const [line, state] = await Promise.all([context.source.line(seq), context.stateAt({ seq, now: one.at })])
  const causes = await causesOf(context, one)
  const effects = await effectsOf(context, one)
  const names = await namesFor(context, state, [...causes, ...effects])
  return {
    step: stepOf(one, names),
    line,
    causes: causes.map((cause) => stepOf(cause, names)),
    effects: effects.map((effect) => stepOf(effect, names)),
    fields: fieldsOf(line)
  }
}

/** So far back, events of the same login are looked at that may have led to it without a word of its writer. */
const before = 5_000

/** Causes that are looked up one by one. */
const lookUps = 8

const causesOf = async (context: Context, one: Recorded): Promise<ReadonlyArray<Recorded>> => {
  const names = aboutOf(one)
  const range = { from: Math.max(context.first, one.seq - before), to: one.seq - 1, names }
  const near = names.length === 0 ? [] : await eventsIn(context, range)
  const { links } = await completed(context, one, [...near, one], lookUps)
  return links.map(({ event }) => event)
}

const completed = async (
  context: Context,
  one: Recorded,
  events: ReadonlyArray<Recorded>,
  left: number
): Promise<Chain> => {
  const chain = chainOf(one, events)
  const { outside } = chain
  const found = outside === undefined || left === 0 ? undefined : await eventOf(context, outside, one.seq)
  if (found === undefined) return chain
  return completed(
    context,
    one,
    [...events, found].toSorted((a, b) => a.seq - b.seq),
    left - 1
  )
}

/** Its login, as it stands on lines. */
const aboutOf = (one: Recorded): ReadonlyArray<string> => {
  const credential = "credential" in one && one.credential !== undefined ? [JSON.stringify(one.credential)] : []
  const grant = one.type === "Unknown" ? one.data.grant : grantOf(one)
  return [...credential, ...(grant === undefined ? [] : [grant])]
}

/** What an event leads to follows soon. */
const behind = 20_000

/** The first few. */
const effectsMost = 100

const effectsOf = async (context: Context, { id, seq }: Recorded): Promise<ReadonlyArray<Recorded>> => {
  const { head } = await context.source.about()
  const range = { from: seq + 1, to: Math.min(head, seq + behind), names: [id] }
  return (await eventsIn(context, range)).filter((event) => isLedToBy(event, id)).slice(0, effectsMost)
}

const isLedToBy = (event: Recorded, id: Recorded["id"]): boolean =>
  event.cause === id || (event.type === "ErrorClassified" && event.data.of === id)
