/**
 * The pool's metrics. What the ledger tells is measured from the events that this process appended, on the fiber that
 * follows the ledger; tokens served are counted where they are served, at the price of an addition.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import type { Recorded } from "@daybook/pool/Recorded"
import { followFrom, measure, type Measure } from "@daybook/pool/queries/Measures"
import { Context, Effect, Metric } from "effect"

const tokensServed = Metric.counter("daybook.tokens.served", {
  description: "Tokens that callers were given",
  incremental: true,
  attributes: { unit: "{token}" }
})

const refreshes = Metric.counter("daybook.refreshes", {
  description: "Refreshes, by what came of them",
  incremental: true,
  attributes: { unit: "{refresh}" }
})

const recoveryDuration = Metric.histogram("daybook.recovery.duration", {
  description: "From the first failure, refusal or loss of a grant to its next generation",
  boundaries: [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400, 604_800],
  attributes: { unit: "s" }
})

const quarantines = Metric.counter("daybook.quarantines", {
  description: "Generations that were judged dead",
  incremental: true,
  attributes: { unit: "{quarantine}" }
})

/** Measures each event that it is handed, in order. */
export const makeMeter = Effect.gen(function* () {
  const ledger = yield* Ledger
  const context = yield* Effect.context()
  let following = followFrom(ledger.known())
  return (event: Recorded): void => {
    const measured = measure(following, event, ledger.known(), ledger.actor)
    following = measured.following
    for (const one of measured.measures) update(one, context)
  }
})

const update = (measure: Measure, context: Context.Context<never>): void => {
  const { provider } = measure
  switch (measure._tag) {
    case "Refresh": {
      const { outcome, reason } = measure
      const attributes = { provider, outcome, ...(reason === undefined ? {} : { reason }) }
      return Metric.withAttributes(refreshes, attributes).updateUnsafe(1, context)
    }
    case "Recovery":
      return Metric.withAttributes(recoveryDuration, { provider }).updateUnsafe(measure.seconds, context)
    case "Quarantine":
      return Metric.withAttributes(quarantines, { provider, reason: measure.reason }).updateUnsafe(1, context)
  }
}

interface Count {
  value: number
}

/** The pools of a process that have a registry in common have its series in common. */
const countsIn = new WeakMap<Metric.MetricRegistry, Map<string, Count>>()

/** Counts one token of a provider. An update of the metric itself would cost as much as the token. */
export const makeServed = Effect.map(Effect.context(), (context) => {
  const counts = new Map<string, Count>()
  return (provider: string): void => {
    let count = counts.get(provider)
    if (count === undefined) {
      count = seriesOf(provider, context)
      counts.set(provider, count)
    }
    count.value += 1
  }
})

/** What the metric of a provider reads. */
const seriesOf = (provider: string, context: Context.Context<never>): Count => {
  const registry = Context.get(context, Metric.MetricRegistry)
  const counts = countsIn.get(registry) ?? new Map<string, Count>()
  countsIn.set(registry, counts)
  const name = JSON.stringify([provider, Context.get(context, Metric.CurrentMetricAttributes)])
  const known = counts.get(name)
  if (known !== undefined) return known
  const count: Count = { value: 0 }
  counts.set(name, count)
  Metric.registerUnsafe(Metric.withAttributes(tokensServed, { provider }), context, {
    get: () => ({ count: count.value, incremental: true }),
    update: () => {},
    modify: () => {}
  })
  return count
}
