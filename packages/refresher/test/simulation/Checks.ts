/**
 * The invariants of the protocol, held against the log's own words and the server's journal after every step. None of
 * the code under test takes part.
 */
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import { isSame } from "@daybook/pool/Generation"
import { grantById, members } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { Actor, Ending } from "./Actor.ts"
import type { Log } from "./Log.ts"
import type { Network } from "./Network.ts"
import { Reading } from "./Reading.ts"
import { marker, type Pair, revealed, type Server } from "./Server.ts"
import type { Shelf, Slot } from "./Shelf.ts"
import type { Stage } from "./Stage.ts"
import { everythingIn, isTagged, messageOf } from "./Words.ts"

export interface Scene {
  readonly stage: Stage
  readonly log: Log
  readonly shelf: Shelf
  readonly server: Server
  readonly network: Network
  readonly nameOf: (secret: string) => Fingerprint
  /** Whether the sender of this attempt still has the lock of the credential's store that it sent under. */
  readonly holdsLock: (attempt: string, credential: string) => boolean
}

export class Checks {
  readonly breaches: Array<string> = []
  readonly scene: Scene
  reading: Reading
  private read = 0
  private changes = -1
  private readonly posted = new Set<string>()
  /** Refresh tokens that came as answers to us and that a disk has had. */
  private readonly kept = new Set<string>()
  private readonly excused = new Set<string>()
  private readonly byName = new Map<string, Pair>()
  private named = 0

  constructor(scene: Scene) {
    this.scene = scene
    this.reading = new Reading(scene.server.options.provider.replay)
  }

  found(breach: string): void {
    this.breaches.push(breach)
    this.scene.stage.say(`BREACH ${breach}`)
  }

  /** A request is about to leave: whose intent it is. */
  sending(actor: Actor, token: string): string | undefined {
    const { log, nameOf, network, server } = this.scene
    this.look()
    const name = nameOf(token)
    const intent = Array.from(this.reading.attempts.values()).findLast(
      ({ actor: author, attempt, refresh }) =>
        author === actor.view.service.actor && refresh === name && !this.posted.has(attempt)
    )
    if (intent === undefined) this.found(`I5: ${name} is sent without an intent`)
    else if (intent.seq > log.synced) this.found(`I5: ${name} is sent and its intent is not on disk`)
    if (intent !== undefined) this.posted.add(intent.attempt)
    const flying = network.underWay().some((request) => request.token === token)
    const forgiving = server.options.provider.replay._tag
    if (flying && forgiving !== "anytime" && forgiving !== "withinGrace" && !this.clockMoved) {
      this.found(`I1: ${name} is sent while an earlier request may still arrive`)
    }
    const slot = this.slotOf(token)
    if (slot !== undefined && !slot.owned) this.found(`I8: the token of the borrowed ${slot.name} is sent`)
    return intent?.attempt
  }

  /** Clocks that jump make times in the ledger meaningless. */
  clockMoved = false

  private slotOf(token: string): Slot | undefined {
    const { server, shelf } = this.scene
    const pair = server.pairOf(token)
    return pair && shelf.slots.find(({ name }) => name === server.families[pair.family]?.slot)
  }

  /** These tokens are on a disk. Those of other programs are theirs to keep. */
  keep({ refresh }: TokenSet): void {
    const token = revealed(refresh)
    if (token === undefined || this.excused.has(token)) return
    if (this.isOursAlone(token)) this.kept.add(token)
  }

  /** No other program got it as an answer. An answer that repeats what was sent brought nothing new. */
  private isOursAlone(token: string): boolean {
    const answers = this.scene.server.journal.filter(
      ({ issued, presented }) => issued?.refresh === token && presented !== token
    )
    return answers.length > 0 && answers.every(({ ours }) => ours)
  }

  /** The stash could not take them: another program that writes into their store may have the last word. */
  excuse({ refresh }: TokenSet): void {
    this.excused.add(revealed(refresh) ?? "")
  }

  cleared(slot: Slot, found: TokenSet): void {
    const token = revealed(found.refresh)
    this.look()
    if (token === undefined || !this.scene.server.isAlive(token)) return
    if (this.reading.standingOf(this.scene.nameOf(token)) === "dead") return
    this.found(`I3: a living token was cleared from ${slot.name}`)
  }

  /** After a step. */
  look(): void {
    this.nameNewPairs()
    const { log, shelf } = this.scene
    while (this.read < log.lines.length) {
      const { event, text } = log.lines[this.read]!
      this.read++
      if (text.includes(marker)) this.found(`I6: event ${event.seq} holds a token`)
      for (const breach of [...this.againstTruth(event), ...this.reading.see(event)]) this.found(breach)
      this.deadIsCurrent()
    }
    if (shelf.changes !== this.changes) this.successorsAreThere()
    this.changes = shelf.changes
  }

  private nameNewPairs(): void {
    const { nameOf, server } = this.scene
    for (; this.named < server.issued.length; this.named++) {
      const pair = server.issued[this.named]!
      this.byName.set(nameOf(pair.refresh), pair)
    }
  }

  private againstTruth(event: Recorded): ReadonlyArray<string> {
    const { server } = this.scene
    if (event.type === "CredentialQuarantined" && event.data.bound === "refresh") {
      const pair = this.byName.get(event.data.generation.refresh ?? "")
      return pair !== undefined && server.isAlive(pair.refresh) && server.options.provider.replay._tag !== "never"
        ? [`I3: event ${event.seq} calls a living token dead`]
        : []
    }
    if (event.type === "RefreshSucceeded" && event.data.recovered !== true) {
      const token = this.byName.get(event.data.next.refresh ?? "")?.refresh
      return token === undefined || this.excused.has(token) || this.scene.shelf.placesOf(token).length > 0
        ? []
        : [`I2: event ${event.seq} tells a success that is on no disk`]
    }
    if (event.type === "OutcomeLost") {
      const sender = this.reading.attempts.get(event.data.attempt)?.actor
      const isHeld = this.scene.holdsLock(event.data.attempt, event.credential ?? "")
      return sender !== undefined && sender !== event.actor && isHeld
        ? [`I2: event ${event.seq} calls an outcome lost whose sender holds the lock`]
        : []
    }
    const isFallback = event.type === "RaceAdopted" && event.data.fallback === true
    if (!isFallback && (event.type === "RaceAdopted" || event.type === "GenerationObserved")) {
      const next = event.type === "RaceAdopted" ? event.data.found : event.data.generation
      const held = this.byName.get(this.reading.currentOf(event.data.grant)?.refresh ?? "")
      const found = this.byName.get(next.refresh ?? "")
      return isBefore(found, held) ? [`I1: event ${event.seq} goes back to an older pair`] : []
    }
    return []
  }

  /** I3: a death is the death of the generation that counts. */
  private deadIsCurrent(): void {
    const state = this.scene.log.states.at(-1)!
    for (const { grant: id } of members(state)) {
      const { current, health } = grantById(state, id)
      if (health._tag !== "Dead" || current === undefined) continue
      if (health.generation[health.bound] !== current[health.bound] && !isSame(health.generation, current)) {
        this.found(`I3: the verdict on one generation stands although another one counts`)
      }
    }
  }

  /** I2: until it is spent, or another login took its place and proved itself. */
  private successorsAreThere(): void {
    const { server, shelf } = this.scene
    for (const token of this.kept) {
      if (!server.isAlive(token) || this.isSuperseded(token) || !this.isOursAlone(token)) {
        this.kept.delete(token)
      } else if (shelf.placesOf(token).length === 0) {
        this.found(
          `I2: the successor ${server.pairOf(token)?.family}-${server.pairOf(token)?.index} was on disk and is on none`
        )
        this.kept.delete(token)
      }
    }
  }

  private isSuperseded(token: string): boolean {
    const { server } = this.scene
    const pair = server.pairOf(token)!
    const slot = server.families[pair.family]!.slot
    return server.journal.some(({ issued, ours }) => {
      if (!ours || issued === undefined || issued.family <= pair.family) return false
      return server.families[issued.family]!.slot === slot
    })
  }

  /** What counts for a credential, as far as the log says, and as the server knows it. */
  currentOf(credential: string): { readonly expiresAt: number; readonly pair: Pair } | undefined {
    const member = members(this.scene.log.states.at(-1)!).find(({ id }) => id === credential)
    const current = member === undefined ? undefined : this.reading.currentOf(member.grant)
    const pair = this.byName.get(current?.refresh ?? "")
    return pair && { expiresAt: current?.expiresAt ?? 0, pair }
  }

  /** I2: what became of a request is said, whoever sent it, once somebody held the lock after it. */
  attemptsHaveEnded(credential: string): void {
    const member = members(this.scene.log.states.at(-1)!).find(({ id }) => id === credential)
    for (const { ended, grant, seq } of this.reading.attempts.values()) {
      if (ended === undefined && grant === member?.grant)
        this.found(`I2: nobody says how the attempt of event ${seq} ended`)
    }
  }

  /** Whoever waits for the next ending. */
  onEnding: (ending: Ending) => void = () => undefined

  ended(_actor: Actor, ending: Ending): void {
    const { error } = ending
    this.onEnding(ending)
    if (error === undefined) return
    if (everythingIn(error).includes(marker)) this.found("I6: an error holds a token")
    if (!isTagged(error)) this.found(`a defect: ${messageOf(error)}`)
  }

  /** The power was cut: what is not on disk was never said. */
  rewind(): void {
    this.reading = new Reading(this.scene.server.options.provider.replay)
    for (const event of this.scene.log.events()) this.reading.see(event)
    this.read = this.scene.log.lines.length
    this.changes = -1
  }
}

/** Of one family, by its place and by its times: programs see the times only, and those in whole seconds. */
const isBefore = (a: Pair | undefined, b: Pair | undefined): boolean =>
  a !== undefined && b !== undefined && a.family === b.family && a.index < b.index && a.expiresAt < b.expiresAt
