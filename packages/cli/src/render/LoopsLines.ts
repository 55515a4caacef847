/** `daybook loops`: of each loop what goes round, in figures, what would stop it, and where to look next. */
import { defaultProviders } from "@daybook/oauth/Providers"
import type { Seq } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import { type Loop, loopKinds, type Place } from "@daybook/pool/queries/Loops"
import { loopInWords, remedyOfLoop } from "@daybook/refresher/LoopRemedy"
import { HashMap } from "effect"
import { namesIn } from "./Names.ts"
import type { Paint } from "./Paint.ts"
import { nameOf } from "./StatusLines.ts"
import { absolute, relative, span } from "./Time.ts"
import { wrap } from "./Wrap.ts"

const columns = 80
const indent = "  "

export interface LookedThrough {
  readonly from: Seq
  readonly since: Seq | undefined
  /** Only its loops were asked for. */
  readonly credential: Credential | undefined
  readonly state: PoolState
  readonly at: Instant
}

export const loopsLines = (loops: ReadonlyArray<Loop>, looked: LookedThrough, paint: Paint): ReadonlyArray<string> =>
  loops.length === 0
    ? wrap(none(looked), columns)
    : loops.flatMap((loop, place) => [...(place === 0 ? [] : [""]), ...linesOf(loop, looked, paint)])

const none = ({ credential, from, since, state }: LookedThrough): string => {
  const whose = credential === undefined ? `${HashMap.size(state.credentials)} credentials` : named(credential)
  const lasting = since === undefined ? "" : `, that went on at event ${since} or later`
  return `No loop. Events ${from} to ${state.head} were looked through for ${loopKinds.length} kinds of loop of ${whose}${lasting}.`
}

const linesOf = (loop: Loop, { at, state }: LookedThrough, paint: Paint): ReadonlyArray<string> => {
  const credential = credentialOf(loop, state)
  const title = `${loop.kind.replaceAll("-", " ")}, ${runs(loop)}`
  const name = credential === undefined ? (loop.credential ?? "unknown") : named(credential)
  return [
    `${paint("strong", name)}${credential === undefined ? "" : `, ${credential.provider}`}: ${paint(loop.running ? "bad" : "waiting", title)}`,
    ...indented(`${loopInWords(loop)} ${figures(loop, at)} ${who(loop, state)}`),
    ...(credential === undefined ? [] : indented(`What would stop it: ${remedy(loop, credential)}`)),
    ...indented(
      `Next: \`daybook ${credential === undefined ? "log" : `why ${credential.id}`} ${nextFlags(loop, credential)}\``
    )
  ]
}

const named = ({ id, label }: Credential): string => nameOf({ id, label })

const nextFlags = ({ first, last }: Loop, credential: Credential | undefined): string =>
  credential === undefined ? `--from ${first.seq}` : `--at ${last.seq}`

const runs = ({ ended, running }: Loop): string =>
  running ? "still running" : ended === undefined ? "not seen lately" : `ended by event ${ended.seq}`

/** The one it names, else one that has its grant. */
const credentialOf = ({ credential, grant }: Loop, { credentials }: PoolState): Credential | undefined => {
  const all = Array.from(HashMap.values(credentials))
  return all.find(({ id }) => id === credential) ?? all.find((one) => one.grant === grant)
}

const figures = ({ first, iterations, last, model, period, wasted }: Loop, now: Instant): string =>
  [
    ...(model === undefined ? [] : [`Only model ${model} is concerned.`]),
    `${iterations} times, mostly ${every(period)}, from ${placeWords(first)}, to ${placeWords(last)} (${relative(last.at, now)}).`,
    wasted === 0
      ? "No request of this pool was wasted."
      : `${wasted} ${wasted === 1 ? "request was" : "requests were"} wasted.`
  ].join(" ")

const every = (period: number): string => {
  const words = span(period)
  return words === undefined ? "within a second of each other" : `${words} apart`
}

const placeWords = ({ at, seq }: Place): string => `event ${seq}, ${absolute(at)}`

const who = ({ actors, stores }: Loop, state: PoolState): string => {
  const names = namesIn(state)
  const programs = stores.map((store) => `another program, seen in the ${store} store`)
  return `By ${[...actors.map(names.actor), ...programs].join(", ")}.`
}

const remedy = (loop: Loop, credential: Credential): string =>
  remedyOfLoop(
    defaultProviders.find(({ id }) => id === credential.provider),
    credential,
    loop
  )

const indented = (text: string): ReadonlyArray<string> =>
  wrap(text, columns - indent.length).map((line) => `${indent}${line}`)
