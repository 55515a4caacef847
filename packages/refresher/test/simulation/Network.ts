/**
 * The way to the token endpoint and back: a request is under way until the server looked at it, and the answer until it
 * arrives. On each way it may be lost; a request may also arrive when its sender is long dead. What comes back is read
 * by the real parser.
 */
import type { Granted, Refused } from "@daybook/oauth/TokenEndpoint"
import { TokenEndpoint } from "@daybook/oauth/TokenEndpoint"
import { type Answer, faultEvidence, parseAnswer } from "@daybook/oauth/ParseAnswer"
import type { Provider } from "@daybook/oauth/Provider"
import { Effect, Redacted } from "effect"
import type { Chances } from "../support/Chances.ts"
import { json, type Server } from "./Server.ts"
import type { Process, Stage } from "./Stage.ts"

/** What becomes of one request. `commit`: the server took the token all the same. */
export type Fate =
  | { readonly _tag: "Answered" }
  | { readonly _tag: "NotSent"; readonly fault: string }
  | { readonly _tag: "Lost"; readonly commit: boolean }
  | { readonly _tag: "Instead"; readonly name: string; readonly commit: boolean; readonly answer: Answer }
  /** A success without an access token. */
  | { readonly _tag: "Barren" }

export interface UnderWay {
  readonly token: string
  readonly by: Process
  readonly until: number
}

export interface Network {
  readonly endpointOf: (process: Process, sending: (token: string) => string | undefined) => TokenEndpoint["Service"]
  /** Requests that the server has not looked at. */
  readonly underWay: () => ReadonlyArray<UnderWay>
  /** How often something goes wrong, in [0, 1]. */
  weather: number
}

/** The network acts when nobody else does. */
const wire: Process = { name: "network", alive: true }

/** Of requests that take their time; the others arrive as soon as the driver likes. */
const slowShare = 0.25

type Outcome = Answer | { readonly fault: string; readonly left: boolean }

export const make = (stage: Stage, server: Server, chances: Chances): Network => {
  const underWay = new Set<UnderWay>()
  const network: Network = { endpointOf: endpoint, underWay: () => [...underWay], weather: 0 }

  function endpoint(process: Process, sending: (token: string) => string | undefined): TokenEndpoint["Service"] {
    return {
      refresh: (provider, refreshToken, { timeLimitMillis }) =>
        Effect.uninterruptible(
          Effect.callback<Granted | Refused>((resume) => {
            const token = Redacted.value(refreshToken)
            const sentAt = stage.now
            const until = sentAt + timeLimitMillis
            const answer = (outcome: Outcome) =>
              resume(Effect.sync(() => read(provider, outcome, refreshToken, stage, sentAt)))
            stage.park({
              owner: process,
              label: "post",
              isReady: () => true,
              go: () => {
                if (stage.now >= until) return answer({ fault: "timeout", left: true })
                send(process, token, sending(token), until, answer)
              }
            })
          })
        )
    }
  }

  const send = (
    by: Process,
    token: string,
    attempt: string | undefined,
    until: number,
    answer: (outcome: Outcome) => void
  ): void => {
    const fate = fateOf(chances, network.weather, stage.wallClock())
    if (fate._tag === "NotSent") return answer({ fault: fate.fault, left: false })
    const request: UnderWay = { token, by, until }
    underWay.add(request)
    let open = true
    const finish = (outcome: Outcome) => {
      if (open && by.alive) answer(outcome)
      open = false
    }
    const arrive = () => {
      underWay.delete(request)
      stage.cancel(end)
      const outcome = serve(fate, token, { by: by.name, ours: true, attempt })
      stage.later(by, until, () => finish({ fault: "timeout", left: true }))
      if (outcome === undefined) return
      const back = {
        owner: wire,
        label: `answer for ${by.name}: ${inWords(outcome)}`,
        isReady: () => true,
        go: () => finish(outcome)
      }
      stage.park(back)
      stage.later(wire, until, () => stage.unpark(back))
    }
    const arrival = stage.now + (chances.next() < slowShare ? Math.floor(chances.next() * (until - stage.now)) : 0)
    stage.later(wire, arrival, () => undefined)
    const waiting = {
      owner: wire,
      label: `request of ${by.name} arrives (${nameOf(fate)})`,
      isReady: () => stage.now >= arrival,
      go: arrive
    }
    const end = stage.later(wire, until, () => {
      underWay.delete(request)
      stage.unpark(waiting)
      finish({ fault: "timeout", left: true })
    })
    stage.park(waiting)
  }

  /** What the server says; nothing if its answer is lost. */
  const serve = (fate: Fate, token: string, exchange: Parameters<Server["present"]>[2]): Outcome | undefined => {
    const now = stage.now
    switch (fate._tag) {
      case "Answered":
        return server.present(token, now, exchange)
      case "NotSent":
        return undefined
      case "Lost":
        if (fate.commit) server.present(token, now, exchange)
        return undefined
      case "Instead":
        if (fate.commit) server.present(token, now, exchange)
        return fate.answer
      case "Barren":
        return barren(server.present(token, now, exchange))
    }
  }
  return network
}

const barren = (answer: Answer): Answer => {
  const { access_token: _, ...body } = JSON.parse(String(answer.body)) as Record<string, unknown>
  return { ...answer, body: JSON.stringify(body) }
}

const read = (
  provider: Provider,
  outcome: Outcome,
  refreshToken: Redacted.Redacted<string>,
  stage: Stage,
  sentAt: number
): Granted | Refused => {
  const durationMillis = stage.now - sentAt
  if ("fault" in outcome) {
    return { _tag: "Refused", evidence: faultEvidence(outcome.fault, outcome.left), durationMillis }
  }
  const parsed = parseAnswer(provider, outcome, { now: stage.wallClock(), secrets: [refreshToken] })
  return parsed._tag === "Tokens"
    ? { ...parsed, _tag: "Granted", durationMillis }
    : { ...parsed, _tag: "Refused", durationMillis }
}

const html = (status: number): Answer => ({
  status,
  headers: { "content-type": "text/html", "cf-mitigated": "challenge" },
  body: "<html>Just a moment</html>"
})

const fateOf = (chances: Chances, weather: number, now: number): Fate => {
  if (chances.next() >= weather) return { _tag: "Answered" }
  const commit = chances.next() < 0.5
  const soon = String(5 + Math.floor(chances.next() * 300))
  return chances.oneOf<() => Fate>([
    () => ({ _tag: "NotSent", fault: "ECONNREFUSED" }),
    () => ({ _tag: "Lost", commit }),
    () => ({ _tag: "Lost", commit: true }),
    () => instead("500", commit, json(500, { error: "server_error" })),
    () => instead("502", commit, { status: 502, headers: {}, body: "" }),
    () => instead("503", commit, { status: 503, headers: { "retry-after": soon }, body: "<html>sorry</html>" }),
    () => instead("unreadable 200", commit, { status: 200, headers: {}, body: "{" }),
    () => instead("429", false, json(429, { error: "rate_limited" }, { "retry-after": soon })),
    () => instead("429 until", false, json(429, {}, { "retry-after": new Date(now + 90_000).toUTCString() })),
    () => instead("challenge", false, html(403)),
    () => instead("invalid_client", false, json(401, { error: "invalid_client" })),
    () => instead("access_denied", false, json(403, { error: "access_denied" })),
    () => instead("unknown 418", false, json(418, { error: "teapot" })),
    () => ({ _tag: "Barren" })
  ])()
}

const instead = (name: string, commit: boolean, answer: Answer): Fate => ({ _tag: "Instead", name, commit, answer })

const nameOf = (fate: Fate): string => {
  switch (fate._tag) {
    case "Instead":
      return `${fate.name}${fate.commit ? ", taken" : ""}`
    case "Lost":
      return fate.commit ? "lost, taken" : "lost"
    default:
      return fate._tag
  }
}

const inWords = (outcome: Outcome): string => ("fault" in outcome ? outcome.fault : String(outcome.status))
