/** What matters in an event's data, in a few words: the end of its line in the log. */
import { type EventOf, PoolEvent } from "@daybook/pool/Event"
import type { Evidence } from "@daybook/pool/Evidence"
import type { Recorded } from "@daybook/pool/Recorded"
import { generationName as name, type Names } from "./Names.ts"
import { absolute } from "./Time.ts"

export const essentialsOf = (event: Recorded, names: Names): string =>
  event.type === "Unknown"
    ? `written by a newer version (v${event.v}), not understood`
    : PoolEvent.match(event, {
        LedgerOpened: ({ data }) => `format ${data.format}, lock ${data.lock}`,
        SegmentOpened: ({ data }) => `format ${data.format}`,
        SegmentSealed: ({ data }) => `events from ${data.first}, ${data.bytes} bytes`,
        TailSealed: ({ data }) => `${data.length} bytes of junk at ${data.offset}`,
        ActorJoined: ({ data }) => `version ${data.version} on ${data.host}`,
        PolicyApplied: ({ data }) => data.hash.slice(0, 10),
        CredentialEnrolled: ({ data }) => `${data.provider}, ${data.kind}, ${data.source}, ${data.ownership}`,
        CredentialRemoved: ({ data }) => `by ${data.by}`,
        CredentialPaused: ({ data }) => (data.keepalive === true ? "kept fresh meanwhile" : ""),
        CredentialResumed: () => "",
        CredentialRelabelled: ({ data }) => data.label ?? "a label shown live from its store",
        CredentialPrioritised: ({ data }) => `priority ${data.priority}`,
        StoreTakenOver: ({ data }) => `${data.path} from the ledger in ${data.folder}`,
        LoginCompleted: () => "",
        LogoutPerformed: ({ data }) => (data.revoked ? "the provider was told" : "the provider was not told"),
        GenerationObserved: ({ data }) => `${name(data.generation)} in ${data.where} (${data.how})`,
        VaultRead: ({ data }) => [data.store, data.standing ?? data.found].join(": "),
        RefreshStarted: ({ data }) => `${name(data.generation)}, ${data.trigger}`,
        RefreshSucceeded: succeeded,
        RefreshFailed: ({ data }) => `${name(data.generation)}: ${evidenceWords(data.evidence)}`,
        ErrorClassified: classified,
        OutcomeLost: ({ data }) =>
          `${name(data.generation)} ${data.suspect === false ? "can be sent again" : "may be spent"}`,
        RaceAdopted: (event) => adopted(event, names),
        SuccessorStashed: ({ data }) => `${name(data.next)} kept in ${data.where}: ${data.why}`,
        SuccessorStored: ({ data }) => name(data.next),
        CredentialQuarantined: ({ data }) => `${data.reason} (rule ${data.rule}), ${name(data.generation)}`,
        QuarantineLifted: ({ data }) =>
          `${name(data.generation)} by ${data.by === "operator" ? "a person" : `a new ${data.by}`}`,
        StoreCleared: ({ data }) =>
          data.cleared ? removed(data.removed) : `nothing: ${data.why ?? "no reason given"}`,
        CooldownStarted: ({ data }) =>
          [data.reason, data.model, `until ${absolute(data.until)}`].filter((part) => part !== undefined).join(", "),
        CooldownCleared: ({ data }) => [`by ${data.by}`, data.model].filter((part) => part !== undefined).join(", "),
        ApiOutcomeObserved: ({ data }) =>
          data.accepted
            ? `accepted${data.count === 1 ? "" : `, ${data.count} calls`}`
            : `refused: ${data.evidence === undefined ? "" : evidenceWords(data.evidence)}`,
        ApiCallBroken: ({ data }) =>
          `${data.evidence.status === undefined ? "no answer" : "cut"}: ${evidenceWords(data.evidence)}`,
        QuotaAsked: () => "",
        QuotaObserved: ({ data }) =>
          data.unanswered === true
            ? "no answer"
            : data.windows.map(({ name, usedPercent }) => `${name} ${usedPercent} %`).join(", "),
        RecoveryAdopted: ({ data }) => `from ${data.from}`,
        RecoveryRejected: ({ data }) => `from ${data.from}: ${data.why}`,
        SelectionExhausted: exhausted
      })

const exhausted = ({ data }: EventOf<"SelectionExhausted">): string => {
  const { model, passed, provider } = data
  const each = passed.map(({ credential, why }) => `${credential} ${why}`)
  return `${provider}${model === undefined ? "" : `, ${model}`}: ${each.join("; ")}`
}

const succeeded = ({ data }: EventOf<"RefreshSucceeded">): string =>
  `${name(data.generation)} -> ${name(data.next)}${data.recovered === true ? ", recovered" : ""}${
    data.duration === undefined ? "" : `, ${data.duration} ms`
  }`

const classified = ({ data }: EventOf<"ErrorClassified">): string =>
  `${[data.verdict, data.reason].filter((part) => part !== undefined).join(" ")} (rule ${data.rule})${
    data.retryAt === undefined ? "" : `, not before ${absolute(data.retryAt)}`
  }`

const adopted = ({ data }: EventOf<"RaceAdopted">, names: Names): string =>
  `${name(data.held)} -> ${name(data.found)}, ${data.phase}, ${data.fallback === true ? "which it had displaced" : `won by ${winnerOf(data.winner, names)}`}`

export const winnerOf = ({ actor, store }: EventOf<"RaceAdopted">["data"]["winner"], names: Names): string =>
  actor === undefined ? `another program (seen in ${store ?? "a store"})` : names.actor(actor)

const removed = (rows: ReadonlyArray<string>): string =>
  rows.length === 0 ? "tokens" : `tokens, and rows ${rows.join(", ")}`

/** Status, code and the provider's own words, or what kept an answer from coming. */
export const evidenceWords = ({ code, fault, left, message, status }: Evidence): string => {
  const answer = [status, code, fault].filter((part) => part !== undefined).join(" ")
  const words = message === undefined ? "" : ` "${message.replace(/\.$/, "")}"`
  return `${answer === "" ? "no answer" : answer}${words}${left ? "" : " (nothing was sent)"}`
}
