/** Each axis of a credential in a few words: for `show`, which prints them all, and `diff`, which prints what changed. */
import type { GenerationRef } from "@daybook/pool/Generation"
import type { Instant } from "@daybook/pool/Instant"
import type { Cooldown, Health } from "@daybook/pool/PoolState"
import type { Axes, AxisName, Current, Pending } from "@daybook/pool/queries/Axes"
import type { QuotaWindow } from "@daybook/pool/QuotaWindow"
import { storeName } from "./StoreName.ts"
import { generationName, type Names } from "./Names.ts"

export interface Telling {
  readonly names: Names
  /** A moment, for whoever reads it at one. */
  readonly time: (instant: Instant) => string
}

/** In the order in which they are shown. */
export const axisTitles: { readonly [Name in AxisName]: string } = {
  membership: "member",
  operator: "operator",
  health: "health",
  cooldown: "available",
  modelCooldowns: "models",
  generation: "tokens",
  attempt: "refresh",
  backoff: "backoff",
  strikes: "strikes",
  refusedInARow: "refusals",
  pending: "to finish",
  quota: "quota",
  use: "calls",
  label: "label",
  priority: "priority",
  store: "store",
  grant: "grant"
}

export const axisNames = Object.keys(axisTitles) as ReadonlyArray<AxisName>

export const titleWidth = Math.max(...Object.values(axisTitles).map(({ length }) => length))

export const axisWords = <Name extends AxisName>(name: Name, axes: Pick<Axes, Name>, telling: Telling): string =>
  words[name](axes[name], telling)

const words: { readonly [Name in AxisName]: (value: Axes[Name], telling: Telling) => string } = {
  membership: ({ enrolledAt, enrolledSeq, inPool, removedBy }, { time }) =>
    inPool
      ? `since event ${enrolledSeq}, ${time(enrolledAt)}`
      : `no: removed ${removedBy === undefined ? "" : byWhom[removedBy]}`.trimEnd(),
  operator: ({ keepalive, state }) => (state === "paused" && keepalive ? "paused, and kept alive" : state),
  health: (health, telling) => healthWords(health, telling),
  cooldown: (cooldown, telling) => (cooldown === undefined ? "yes" : `no: ${benchWords(cooldown, telling)}`),
  modelCooldowns: (benches, telling) =>
    benches.length === 0
      ? "none benched"
      : benches.map((bench) => `${bench.model}: ${benchWords(bench, telling)}`).join("; "),
  generation: (generation, telling) =>
    generation === undefined ? "none were ever seen" : generationWords(generation, telling),
  attempt: (attempt, { names, time }) =>
    attempt === undefined
      ? "none under way"
      : `under way: ${names.actor(attempt.actor)} sent ${generationName(attempt.generation)} (${attempt.trigger}) ${time(attempt.at)}`,
  backoff: (backoff, { time }) =>
    backoff === undefined
      ? "none"
      : joined(
          `${backoff.reason} (rule ${backoff.rule})`,
          counted(backoff.failures, "failure"),
          backoff.isBinding && backoff.retryAt !== undefined ? `not before ${time(backoff.retryAt)}` : "over"
        ),
  strikes: (strikes) => (strikes === 0 ? "none" : counted(strikes, "minute") + " with an answer that nobody knows"),
  refusedInARow: (count) => (count === 0 ? "none" : `${counted(count, "access token")} refused in a row`),
  pending: (pending) => pendingWords(pending),
  quota: (quota, telling) =>
    quota === undefined
      ? "never said"
      : `${quota.windows.map((window) => windowWords(window, telling)).join("; ") || "no windows"}; said ${telling.time(quota.at)}`,
  use: ({ accepted, lastAcceptedAt, refused }, { time }) =>
    joined(
      `${accepted} accepted`,
      `${refused} refused`,
      lastAcceptedAt === undefined ? undefined : `the last accepted ${time(lastAcceptedAt)}`
    ),
  label: (label) => label ?? "none in the ledger",
  priority: String,
  store: (store) => `${storeName(store)} (${store.ownership})`,
  grant: String
}

const byWhom = {
  operator: "by an operator",
  store: "with the row in its store",
  quarantine: "by a quarantine"
} as const

const healthWords = (health: Health, telling: Telling): string => {
  switch (health._tag) {
    case "Live":
      return "live"
    case "Suspect": {
      const replays = health.replays === 0 ? undefined : `sent once more ${counted(health.replays, "time")}`
      return joined(
        `suspect since ${telling.time(health.since)}`,
        `${generationName(health.generation)} may be spent`,
        replays
      )
    }
    case "Dead":
      return joined(
        `dead since ${telling.time(health.since)}`,
        `${health.reason} (rule ${health.rule})`,
        `the ${health.bound} token of ${generationName(health.generation)}`,
        health.cleared ? "its store is cleared" : undefined
      )
  }
}

const benchWords = ({ reason, until }: Cooldown, { time }: Telling): string => `${reason}, until ${time(until)}`

const generationWords = (generation: Current, { names, time }: Telling): string => {
  const { bringer, count, deadline, expiresAt } = generation
  return joined(
    `${generationName(generation)}, the newest of ${count}`,
    bringer && `brought by ${names.actor(bringer.actor)} with event ${bringer.seq}, ${time(bringer.at)}`,
    expiresAt === undefined ? undefined : `access token ends ${time(expiresAt)}`,
    deadline === undefined ? undefined : `login ends ${time(deadline)}`
  )
}

const pendingWords = ({ blocked, condemned, revived, stashed, unclassified }: Pending): string => {
  const name = (generation: GenerationRef | undefined) => generation && generationName(generation)
  const all = [
    unclassified && "a failure that nobody has judged",
    condemned && `a quarantine (${condemned})`,
    stashed && `tokens ${name(stashed)} wait for their store`,
    revived && `${name(revived)} may be sent once more, by an operator's word`,
    blocked ? "an event of a newer version, which decides nothing here" : undefined
  ]
  return all.filter((part) => part !== undefined).join("; ") || "nothing"
}

const windowWords = ({ name, resetsAt, usedPercent }: QuotaWindow, { time }: Telling): string =>
  `${name} ${usedPercent} % used${resetsAt === undefined ? "" : `, free again ${time(resetsAt)}`}`

const joined = (...parts: ReadonlyArray<string | undefined>): string =>
  parts.filter((part) => part !== undefined).join(", ")

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`
