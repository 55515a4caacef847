/** An event as a sentence about one credential, with the actor as its subject. */
import { type EventOf, PoolEvent } from "@daybook/pool/Event"
import type { Recorded } from "@daybook/pool/Recorded"
import { essentialsOf, evidenceWords, winnerOf } from "./Essentials.ts"
import { typeInWords } from "./TypeWords.ts"
import { generationName as name, type Names } from "./Names.ts"
import { absolute } from "./Time.ts"

export const sentenceOf = (event: Recorded, names: Names): string => {
  const who = names.actor(event.actor)
  const otherwise = () => `${who} recorded: ${typeInWords(event)}, ${essentialsOf(event, names)}`.replace(/, $/, "")
  if (event.type === "Unknown") return otherwise()
  return PoolEvent.match(event, {
    LedgerOpened: otherwise,
    SegmentOpened: otherwise,
    SegmentSealed: otherwise,
    TailSealed: otherwise,
    ActorJoined: otherwise,
    PolicyApplied: otherwise,
    CredentialEnrolled: ({ data }) =>
      `${who} enrolled it: ${data.provider}, ${data.kind}, source ${data.source}, ${data.ownership}, in the ${data.store.kind} store.`,
    CredentialRemoved: ({ data }) => `${who} took it out of the pool (by ${data.by}).`,
    CredentialPaused: ({ data }) =>
      `${who} paused it${data.keepalive === true ? "; it is still refreshed before it lapses" : ""}.`,
    CredentialResumed: () => `${who} put it back into use.`,
    CredentialRelabelled: ({ data }) =>
      data.label === undefined ? otherwise() : `${who} gave it the label ${data.label}.`,
    CredentialPrioritised: ({ data }) => `${who} gave it priority ${data.priority}.`,
    StoreTakenOver: ({ data }) => `${who} took ${data.path} over from the ledger in ${data.folder}.`,
    LoginCompleted: () => `${who} logged in.`,
    LogoutPerformed: ({ data }) => `${who} logged out; the provider was ${data.revoked ? "" : "not "}told.`,
    GenerationObserved: ({ data }) =>
      `${who} saw tokens ${name(data.generation)} in the ${data.where} store for the first time.`,
    VaultRead: ({ data }) => `${who} read the ${data.store} store again and found ${data.standing ?? data.found}.`,
    RefreshStarted: ({ data }) => `${who} sent refresh token ${name(data.generation)} (${reasons[data.trigger]}).`,
    RefreshSucceeded: ({ data }) =>
      data.recovered === true
        ? `${who} found the answer that a dead process had kept: tokens ${name(data.next)}.`
        : `The provider gave ${who} new tokens ${name(data.next)}; they are stored.`,
    RefreshFailed: ({ data }) => `The refresh by ${who} failed: ${evidenceWords(data.evidence)}.`,
    ErrorClassified: ({ data }) => `${who} took that for ${verdictWords(data)} (rule ${data.rule}).`,
    OutcomeLost: ({ data }) =>
      `${who} found an attempt whose answer was lost with its process: ${name(data.generation)} ${data.suspect === false ? "can be sent again" : "may be spent"}.`,
    RaceAdopted: ({ data }) =>
      data.fallback === true
        ? `${who} went back to tokens ${name(data.found)}, which the refused ones had displaced.`
        : `${who} came for the same refresh; ${winnerOf(data.winner, names)} had done it, and its tokens ${name(data.found)} are used.`,
    SuccessorStashed: ({ data }) =>
      `${who} could not store new tokens yet (${data.why}); they are kept in ${data.where}.`,
    SuccessorStored: () => `${who} stored the tokens that had been kept aside.`,
    CredentialQuarantined: ({ data }) =>
      `${who} declared ${data.bound === "access" ? "the access token" : "the refresh token"} of ${name(data.generation)} dead: ${data.reason}. Nothing is sent with it again.`,
    QuarantineLifted: ({ data }) =>
      data.by === "operator" ? `${who} revived it by hand.` : `A new login took the place of the dead one.`,
    StoreCleared: ({ data }) =>
      data.cleared
        ? `${who} removed the dead tokens from the ${data.store} store.`
        : `${who} left the ${data.store} store as it is: ${data.why ?? "no reason given"}.`,
    CooldownStarted: ({ data }) =>
      `${who} benched ${data.model === undefined ? "it" : `model ${data.model} on it`} until ${absolute(data.until)}: ${data.reason}.`,
    CooldownCleared: ({ data }) => `Its bench ended early (${data.by}).`,
    ApiOutcomeObserved: ({ data }) =>
      data.accepted
        ? `The API accepted its token, sent by ${who}${callsOf(data)}.`
        : `The API refused its token, sent by ${who}: ${data.evidence === undefined ? "no evidence" : evidenceWords(data.evidence)}.`,
    ApiCallBroken: ({ data }) =>
      data.evidence.status === undefined
        ? `${who} called the API with its token and got no answer: ${evidenceWords(data.evidence)}.`
        : `An answer of the API to ${who} ended in the middle: ${evidenceWords(data.evidence)}.`,
    QuotaAsked: () => `${who} asks the provider whether the quota is free again.`,
    QuotaObserved: ({ data }) =>
      data.unanswered === true ? "The provider did not say whether the quota is free again." : otherwise(),
    RecoveryAdopted: ({ data }) => `${who} found a login in the ${data.from} store and uses it.`,
    RecoveryRejected: ({ data }) => `${who} did not take a login from the ${data.from} store: ${data.why}.`,
    SelectionExhausted: otherwise
  })
}

/** Of calls that were counted first and recorded some time later. */
const callsOf = ({ count, last }: EventOf<"ApiOutcomeObserved">["data"]): string =>
  last === undefined ? "" : `: ${count} ${count === 1 ? "call" : "calls"}, the last at ${absolute(last)}`

export const reasons: Record<EventOf<"RefreshStarted">["data"]["trigger"], string> = {
  proactive: "its access token would have ended soon",
  expired: "its access token had ended",
  unauthorized: "the API had refused its access token",
  operator: "an operator asked",
  keepalive: "to keep it alive",
  replay: "once more, since an answer had been lost"
}

const verdictWords = ({ reason, retryAt, verdict }: EventOf<"ErrorClassified">["data"]): string =>
  `${verdict}${reason === undefined ? "" : ` ${reason}`}${retryAt === undefined ? "" : `, not before ${absolute(retryAt)}`}`
