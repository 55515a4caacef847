/** `daybook loops`: of each loop what goes round, in figures, what would stop it, and where to look next. */
import type { Seq } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import { type Loop, type LoopKind, loopKinds, type Place } from "@daybook/pool/queries/Loops"
import { loopInWords } from "@daybook/refresher/LoopRemedy"
import { credentialIn, remedyFor } from "@daybook/words/LoopWords"
import { HashMap } from "effect"
import type { OnSameLedger } from "../SameLedger.ts"
import { commandLines } from "./CommandLines.ts"
import { namesIn } from "@daybook/words/Names"
import type { Paint } from "./Paint.ts"
import { nameOf } from "./StatusLines.ts"
import { absolute, relative, span } from "@daybook/words/Time"
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
  readonly again: OnSameLedger
}

export const loopsLines = (loops: ReadonlyArray<Loop>, looked: LookedThrough, paint: Paint): ReadonlyArray<string> =>
  loops.length === 0
    ? wrap(none(looked), columns)
    : loops.flatMap((loop, place) => [...(place === 0 ? [] : [""]), ...linesOf(loop, looked, paint)])

const none = ({ credential, from, since, state }: LookedThrough): string => {
  const whose = credential === undefined ? counted(HashMap.size(state.credentials)) : named(credential)
  const lasting = since === undefined ? "" : `, that went on at event ${since} or later`
  return `No loop. Events ${from} to ${state.head} were looked through for ${loopKinds.length} kinds of loop of ${whose}${lasting}.`
}

const counted = (credentials: number): string => (credentials === 1 ? "1 credential" : `${credentials} credentials`)

const linesOf = (loop: Loop, { again, at, state }: LookedThrough, paint: Paint): ReadonlyArray<string> => {
  const credential = credentialIn(loop, state)
  const name = credential === undefined ? (loop.credential ?? "unknown") : named(credential)
  const provider = credential === undefined ? "" : `, ${credential.provider}`
  return [
    `${paint("strong", name)}${provider}: ${paint(loop.running ? "bad" : "waiting", `${titles[loop.kind]}, ${runs(loop)}`)}`,
    ...indented(loopInWords(loop)),
    ...indented(figures(loop, state)),
    `${indent}${paint("faint", "first")}  ${placeWords(loop.first)}`,
    `${indent}${paint("faint", "last")}   ${placeWords(loop.last)} (${relative(loop.last.at, at)})`,
    ...(credential === undefined ? [] : indented(`What would stop it: ${remedyFor(loop, credential)}`)),
    `${indent}Next:`,
    ...commandLines(again(next(loop, credential)), indent + indent)
  ]
}

const titles: Readonly<Record<LoopKind, string>> = {
  "dead-token-replayed": "dead token replayed",
  "refresh-changes-nothing": "refresh that changes nothing",
  "adopt-ping-pong": "adopt ping-pong",
  "claim-without-outcome": "claim without outcome",
  "quarantine-flapping": "quarantine flapping",
  "cooldown-reentry": "cooldown re-entry",
  "refresh-storm": "refresh storm"
}

const named = ({ id, label }: Credential): string => nameOf({ id, label })

/** At its last iteration a login is as ill as it was, whatever came later; one that is not ill is asked otherwise. */
const next = ({ first, kind, last, stop }: Loop, credential: Credential | undefined): string => {
  if (credential === undefined) return `daybook log --from ${first.seq}`
  const { id } = credential
  if (stop === "calm-callers") return `daybook log --type RefreshStarted --credential ${id} --from ${first.seq}`
  const isWell = stop === "check-api" || (stop === "one-writer" && kind !== "quarantine-flapping")
  return `daybook ${isWell ? "story" : "why"} ${id} --at ${last.seq}`
}

const runs = ({ ended, running }: Loop): string =>
  running ? "still running" : ended === undefined ? "not seen lately" : `ended by event ${ended.seq}`

const figures = (loop: Loop, state: PoolState): string => {
  const { iterations, model, period, wasted } = loop
  return [
    `${iterations} times, mostly ${every(period)}`,
    ...(model === undefined ? [] : [`model ${model} only`]),
    wasted === 0 ? "no request wasted" : `${wasted} ${wasted === 1 ? "request" : "requests"} wasted`,
    `by ${who(loop, state).join(" and ")}`
  ].join(", ")
}

/** So many are named. */
const namedMost = 3

const who = ({ actors, stores }: Loop, state: PoolState): ReadonlyArray<string> => {
  const names = actors.slice(0, namedMost).map(namesIn(state).actor)
  const others = actors.length - names.length
  return [
    ...names,
    ...(others === 0 ? [] : [`${others} other ${others === 1 ? "process" : "processes"}`]),
    ...stores.map((store) => `another program, seen in the ${store} store`)
  ]
}

const every = (period: number): string => {
  const words = span(period)
  return words === undefined ? "within a second of each other" : `${words} apart`
}

const placeWords = ({ at, seq }: Place): string => `event ${seq}, ${absolute(at)}`

const indented = (text: string): ReadonlyArray<string> =>
  wrap(text, columns - indent.length).map((line) => `${indent}${line}`)
