/**
 * What a person should hear of at once, and what to do about it: a login that died, a loop that one is caught in. One notice
 * for each quarantined generation and for each loop, however many events, credentials and processes speak of it.
 */
import type { Providers } from "@daybook/oauth/Providers"
import type { EventOf } from "@daybook/pool/Event"
import type { Instant } from "@daybook/pool/Instant"
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import type { Envelope, Recorded } from "@daybook/pool/Recorded"
import { isNews, noDeaths, withEvent } from "@daybook/pool/queries/Deaths"
import { type Loop, type LoopKind, makeLoopDetector } from "@daybook/pool/queries/Loops"
import { subjectOf } from "@daybook/pool/queries/Subject"
import { HashMap, Option } from "effect"
import { loopInWords, remedyOfLoop } from "./LoopRemedy.ts"
import { remedyOf } from "./Remedy.ts"
import { definitionFor } from "./Target.ts"

/** `kind` tells what it is about; other kinds may come. */
export type Notice = QuarantineNotice | LoopNotice

interface About {
  readonly provider: string
  /** Id of the credential. */
  readonly credential: string
  readonly label?: string
  /** What happened. */
  readonly message: string
  /** What a person does now. */
  readonly remedy: string
}

/** A login or a key is dead; nothing is sent with it again. */
export interface QuarantineNotice extends About {
  readonly kind: "quarantine"
}

/** Something is done again and again, and helps nobody. */
export interface LoopNotice extends About {
  readonly kind: "loop"
  readonly loop: LoopKind
}

/** As one line. An error about the same death has the same words. */
export const lineOf = ({ message, remedy }: Notice): string => `${message} ${remedy}`

/** Remembers what was told. Mostly there is nothing; the death that makes a loop gives two. */
export const makeNotices = (providers: Providers["Service"]) => {
  const deathIn = makeDeaths(providers)
  const loopsIn = makeLoops(providers)
  return (state: PoolState, event: Recorded): ReadonlyArray<Notice> => {
    const death = deathIn(state, event)
    const loops = loopsIn(state, event)
    return death === undefined ? loops : [death, ...loops]
  }
}

const makeDeaths = (providers: Providers["Service"]) => {
  let told = noDeaths
  return (state: PoolState, event: Recorded): QuarantineNotice | undefined => {
    const news = isNews(told, event)
    told = withEvent(told, event)
    const credential = news ? subjectOf(state, event) : undefined
    return credential === undefined || event.type !== "CredentialQuarantined"
      ? undefined
      : quarantineNotice(providers, credential, event)
  }
}

/** A loop that stops and begins again is told again, but not within a day. */
const quietFor = 86_400_000

/** Begins with the first event that it is handed: loops from before are for `daybook loops`. */
const makeLoops = (providers: Providers["Service"]) => {
  const detector = makeLoopDetector()
  const told = new Map<string, Instant>()
  const noticeOf = (loop: Loop, state: PoolState, now: Instant): ReadonlyArray<LoopNotice> => {
    const credential = caughtIn(loop, state)
    if (credential === undefined) return []
    const name = [loop.kind, credential.id, loop.model].join(" ")
    if (now - (told.get(name) ?? -Infinity) < quietFor) return []
    told.set(name, now)
    return [loopNotice(providers, credential, loop)]
  }
  return (state: PoolState, event: Recorded): ReadonlyArray<LoopNotice> => {
    const loops = detector.take(event)
    return loops.length === 0 ? none : loops.flatMap((loop) => noticeOf(loop, state, event.at))
  }
}

const none: ReadonlyArray<never> = []

/** The credential that the loop names, else one that has its grant. */
const caughtIn = ({ credential, grant }: Loop, { credentials }: PoolState): Credential | undefined =>
  (credential === undefined ? undefined : Option.getOrUndefined(HashMap.get(credentials, credential))) ??
  Array.from(HashMap.values(credentials)).find((one) => one.grant === grant)

const loopNotice = (providers: Providers["Service"], credential: Credential, loop: Loop): LoopNotice => {
  const { id, label, provider } = credential
  const defined = Option.getOrUndefined(definitionFor(providers, credential))
  return {
    kind: "loop",
    loop: loop.kind,
    provider,
    credential: id,
    ...(label === undefined ? {} : { label }),
    message: `${provider} (${id}): a loop. ${loopInWords(loop)} That makes ${loop.iterations} times${costOf(loop)}.`,
    remedy: `${remedyOfLoop(defined, credential, loop)} \`daybook loops ${id}\` tells more.`
  }
}

const costOf = ({ wasted }: Loop): string => {
  if (wasted === 0) return ""
  return wasted === 1 ? ", and 1 request wasted" : `, and ${wasted} requests wasted`
}

const quarantineNotice = (
  providers: Providers["Service"],
  credential: Credential,
  { data: { reason, rule } }: Envelope & EventOf<"CredentialQuarantined">
): QuarantineNotice => {
  const { id, label, provider } = credential
  return {
    kind: "quarantine",
    provider,
    credential: id,
    ...(label === undefined ? {} : { label }),
    message: `${provider} (${id}): the login is dead (${reason}, rule ${rule}).`,
    remedy: Option.match(definitionFor(providers, credential), {
      onNone: () => `Log in to ${provider} again.`,
      onSome: (defined) => remedyOf(defined, credential, reason)
    })
  }
}
