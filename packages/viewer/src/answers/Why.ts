/** Why a credential is as it is: the cause, what led to it, what to do, and the loop it is in. As `daybook why` has it. */
import { defaultProviders } from "@daybook/oauth/Providers"
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import { besides } from "@daybook/pool/queries/Why"
import { type Past, recall, runningLoop } from "@daybook/pool/queries/why/Recall"
import { nextStep } from "@daybook/words/NextStep"
import { Effect } from "effect"
import type { Context } from "../model/Context.ts"
import type { Answers, Cursor, LoopView, WhyView } from "../Questions.ts"
import { loopOf } from "./LoopOf.ts"
import { loopView, turnOf } from "./LoopViews.ts"
import { memberOf } from "./Member.ts"
import { namesFor } from "./Naming.ts"
import { eventOf, read, stateBehind } from "./Reading.ts"
import { stepOf } from "./Steps.ts"

type Why = Answers["why"]

export const why = async (context: Context, { at, credential: id }: Why["question"]): Promise<Why["answer"]> => {
  const state = await context.stateAt(at)
  const credential = memberOf(state, id)
  const limits = defaultProviders.find((provider) => provider.id === credential.provider)
  const past = pastOf(context, state, at)
  const recalled = await Effect.runPromise(recall(past, credential, "status", limits))
  const running = await Effect.runPromise(runningLoop(past, credential))
  const { before, chain, finding, value } = recalled
  const beside = besides(recalled)
  const links = chain.links.map(({ event }) => event)
  const names = await namesFor(context, recalled.state, [...links, ...beside])
  return {
    credential: credential.id,
    value,
    cause: finding.cause,
    says: finding.says,
    chain: links.map((event) => stepOf(event, names)),
    isCutOff: chain.outside !== undefined,
    besides: beside.map((event) => stepOf(event, names)),
    before: before && beforeOf(before),
    next: nextStep(recalled, recalled.state, at.now, running),
    loop: await shownLoop(context, state, credential, at)
  }
}

const beforeOf = ({ event, finding }: NonNullable<Parameters<typeof besides>[0]["before"]>): WhyView["before"] => ({
  seq: event.seq,
  cause: finding.cause,
  says: finding.says
})

/** What cannot be read fails as it is, and so does what is not wanted any more. */
const pastOf = (context: Context, state: PoolState, { now }: Cursor): Past<never> => ({
  state,
  at: now,
  first: context.first,
  stateBehind: (seq) => Effect.promise(() => stateBehind(context, seq, now)),
  scan: (range, take) => Effect.promise(() => read(context, range, take)),
  eventOf: (id) => Effect.promise(() => eventOf(context, id, state.head))
})

const shownLoop = async (
  context: Context,
  state: PoolState,
  credential: Credential,
  { now }: Cursor
): Promise<LoopView | undefined> => {
  const found = await loopOf(context, state, credential, now)
  return found && loopView(context, state, found, await turnOf(context, found))
}
