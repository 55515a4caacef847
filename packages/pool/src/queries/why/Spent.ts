/** Who spent a refresh token that was refused: one of ours, in a race or in a request whose answer was lost; or nobody of ours. */
import type { EventOf } from "../../Event.ts"
import type { Envelope } from "../../Recorded.ts"
import { type Case, type Finding, finding } from "./Case.ts"
import { isDoubtAbout } from "./Chain.ts"
import { arrivalOf, isIncomplete, type Scene } from "./Scene.ts"
import { eventsOf, isSpent, isUnsent, maySpend, overlap, type Sending, sendingsIn } from "./Sendings.ts"
import { actorName, moment } from "./Words.ts"

/** The provider says that it was used before. */
export const judgeReused = (one: Case, scene: Scene): Finding => {
  const ours = byOurs(one, scene)
  if (ours !== undefined) return ours
  const { refused, shown, store } = scene
  if (store !== undefined) {
    const says = `The program that shares the ${store.data.store} store was told that the refresh token was used before, and no process in this ledger had sent it: another program had.`
    return finding("replayed", says, [store])
  }
  const used = `The provider says that the refresh token was used before${scene.answer}`
  return refused === undefined || isIncomplete(one, scene.death)
    ? finding("unknown", `${used}. Not all of its sendings can be read here, so this does not show by whom.`, shown)
    : finding("replayed", `${used}, and no process in this ledger had used it: another program had.`, [
        ...shown,
        ...foreignPairs(one, scene)
      ])
}

/** One of ours sent the token too: before, at the same time, or in a request whose answer was lost. */
export const byOurs = ({ state }: Case, scene: Scene): Finding | undefined => {
  const { others, refused, shown } = scene
  const name = (sending: Sending | undefined) =>
    sending === undefined ? "another process" : actorName(state, sending.started.actor)
  const raced = (sending: Sending, says: string) =>
    finding("raced", says, [...eventsOf(sending), ...shown], { actor: sending.started.actor })
  const spender = others.findLast(isSpent)
  if (spender !== undefined) {
    const says = `${name(spender)} had spent the same refresh token at ${moment(spender.started.at)} and got new tokens for it; ${name(refused)} sent it again.`
    return raced(spender, says)
  }
  const rival = refused && others.findLast((sending) => overlap(sending, refused) && maySpend(sending))
  if (rival !== undefined) {
    const says = `${name(rival)} and ${name(refused)} had the same refresh token under way at once, since ${moment(rival.started.at)}: two processes raced with one token.`
    return raced(rival, says)
  }
  const lost = others.findLast(maySpend)
  return lost && lostBy(state, lost, scene)
}

const lostBy = (state: Case["state"], lost: Sending, { answer, shown }: Scene): Finding =>
  finding(
    "answer-lost",
    `${actorName(state, lost.started.actor)} sent the refresh token at ${moment(lost.started.at)} and its answer was lost; sent again, the token was refused as one that is spent${answer}.`,
    [...eventsOf(lost), ...shown]
  )

/** It was sent again after a lost answer, and refused; or it may not be sent again. */
export const judgeResponseLost = (one: Case, scene: Scene): Finding => {
  const { answer, death, others, refused, shown } = scene
  const lost = others.find(maySpend)
  if (refused !== undefined && lost !== undefined) return lostBy(one.state, lost, scene)
  const doubt = one.events.find((event) => isDoubtAbout(event, death.generation))
  const when = doubt === undefined ? "" : `, as was seen at ${moment(doubt.at)}`
  const then =
    refused === undefined
      ? "this provider takes no token a second time"
      : `it was refused when it was sent again${answer}`
  return finding("answer-lost", `An answer to the refresh token was lost${when}, and ${then}.`, [doubt, ...shown])
}

/** One of ours sent a token of the past, for which a provider may end the whole family. */
export const byStray = ({ events, grant, state, ...one }: Case, { death, shown }: Scene): Finding | undefined => {
  const arrived = arrivalOf({ events, grant, state, ...one }, death)
  const end = events.find(({ id }) => id === death.event)?.seq ?? Infinity
  const stray = sendingsIn(events).findLast(
    (sending) =>
      sending.started.data.grant === grant.id &&
      sending.started.data.generation.refresh !== death.generation.refresh &&
      sending.started.seq > arrived &&
      sending.started.seq < end &&
      !isUnsent(sending)
  )
  if (stray === undefined) return undefined
  const { actor, at } = stray.started
  const says = `${actorName(state, actor)} sent a refresh token of the past at ${moment(at)}; then the provider did not take the present one any more either.`
  return finding("raced", says, [...eventsOf(stray), ...shown], { actor })
}

/** Of a refusal that does not say why: the store had shown another pair than ours: somebody else has tokens of this login. */
export const byFork = (one: Case, scene: Scene): Finding | undefined => {
  const seen = foreignPairs(one, scene).at(-1)
  if (seen === undefined) return undefined
  const { standing, store } = seen.data
  const pair = standing === "stale" ? "an older pair" : "another pair"
  const says = `The provider refused the refresh token without saying why${scene.answer}; at ${moment(seen.at)} the ${store} store had shown ${pair} of this login, so another program has it too.`
  return finding("replayed", says, [seen, ...scene.shown], { store })
}

/** When the store showed another pair than ours, since ours came. */
const foreignPairs = (one: Case, { death }: Scene): ReadonlyArray<Envelope & EventOf<"VaultRead">> => {
  const arrived = arrivalOf(one, death)
  const end = one.events.find(({ id }) => id === death.event)?.seq ?? Infinity
  return one.events.filter(
    (event): event is Envelope & EventOf<"VaultRead"> =>
      event.type === "VaultRead" &&
      event.data.grant === one.grant.id &&
      (event.data.standing === "stale" || event.data.standing === "newer") &&
      event.seq > arrived &&
      event.seq < end
  )
}
