/**
 * A refresh token is sent although the ledger says that it is refused for good, or was followed by another. A replay whose
 * answer was lost is none of these, nor is what an operator revives.
 */
import type { Fingerprint } from "../../Fingerprint.ts"
import type { EventOf } from "../../Event.ts"
import type { Envelope } from "../../Recorded.ts"
import { memoryOf } from "./Memory.ts"
import { makeRuns } from "./Runs.ts"
import { day, type Watch } from "./Watcher.ts"

/** Once may be a process that had not read the verdict yet; twice is a habit. */
const least = 2

/** A token that is dead stays dead. What comes back after a month is another story. */
const longestGap = 30 * day

const refusedMost = 4_096
/** Such a one comes with every refresh. A sending makes it one that is refused, which is remembered for longer. */
const spentMost = 1_024

export const deadTokenSendings: Watch = (recognised) => {
  /** With the rule that judged them. */
  const refused = memoryOf<Fingerprint, string>(refusedMost)
  const spent = memoryOf<Fingerprint, true>(spentMost)
  const runs = makeRuns({ kind: "dead-token-replayed", least, longestGap }, recognised)

  const forget = (token: Fingerprint | undefined): void => {
    if (token === undefined) return
    refused.delete(token)
    spent.delete(token)
  }
  /** It was alive, and is spent now unless it goes on. */
  const answered = (event: Envelope & EventOf<"RefreshSucceeded">): void => {
    const token = event.data.generation.refresh
    if (token === undefined) return
    refused.delete(token)
    runs.end(token, event)
    if (token === event.data.next.refresh) spent.delete(token)
    else spent.set(token, true)
  }
  const condemn = (token: Fingerprint | undefined, rule: string): void => {
    if (token !== undefined) refused.set(token, rule)
  }
  const spend = (token: Fingerprint | undefined, next: Fingerprint | undefined): void => {
    if (token !== undefined && token !== next) spent.set(token, true)
  }
  const send = (event: Envelope & EventOf<"RefreshFailed" | "OutcomeLost">): void => {
    const { generation, grant } = event.data
    const token = generation.refresh
    if (token === undefined) return
    const rule = refused.get(token)
    if (rule === undefined && spent.get(token) === undefined) return
    const stop = rule === undefined ? "one-writer" : "log-in"
    runs.again(token, { event, credential: event.credential, grant, wasted: 1, rule, stop })
  }

  return {
    runs: [runs],
    take: (event) => {
      switch (event.type) {
        case "RefreshSucceeded":
          return answered(event)
        case "RaceAdopted":
          forget(event.data.found.refresh)
          return spend(event.data.held.refresh, event.data.found.refresh)
        case "RefreshFailed":
          return event.data.evidence.left ? send(event) : undefined
        case "OutcomeLost":
          return send(event)
        case "ErrorClassified":
          return event.data.surface === "token" && event.data.verdict === "Terminal"
            ? condemn(event.data.generation.refresh, event.data.rule)
            : undefined
        case "CredentialQuarantined":
          return event.data.bound === "refresh" ? condemn(event.data.generation.refresh, event.data.rule) : undefined
        case "QuarantineLifted":
          return event.data.by === "operator" ? forget(event.data.generation.refresh) : undefined
      }
    }
  }
}
