/**
 * Everything of a world that keeps secrets: slots of stores with their locks, stash, quarantine. Each is there twice, as
 * programs see it and as a power cut would leave it.
 */
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import type { StoreRef } from "@daybook/pool/StoreRef"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { Quarantined } from "@daybook/vault/Quarantine"
import type { Stashed } from "@daybook/vault/Stash"
import { revealed } from "./Server.ts"
import type { Process } from "./Stage.ts"

/** A value, and what a disk has of it for certain. */
export interface Kept<A> {
  seen: A
  synced: A
}

/** The lock of a grant's store; who has it, if anybody. */
export interface Lock {
  holder: Process | undefined
  /** Changes with every holding, so that one who lost it does not give up another's. */
  turn: number
  /** Which fiber of a pool's program took it last: a program has several errands. */
  errand: number | undefined
}

export interface Slot {
  /** Also the credential's id. */
  readonly name: string
  readonly ref: StoreRef
  readonly owned: boolean
  readonly account: string
  readonly holdLimit: number | undefined
  readonly lock: Lock
  readonly tokens: Kept<TokenSet>
}

export class Shelf {
  readonly slots: ReadonlyArray<Slot>
  readonly stash: Kept<ReadonlyMap<Fingerprint, Stashed>> = { seen: new Map(), synced: new Map() }
  readonly quarantine: Kept<ReadonlyMap<Fingerprint, Quarantined>> = { seen: new Map(), synced: new Map() }
  /** Counts the changes. */
  changes = 0

  constructor(slots: ReadonlyArray<Slot>) {
    this.slots = slots
  }

  see<A>(kept: Kept<A>, next: A): void {
    kept.seen = next
    this.changes++
  }

  sync<A>(kept: Kept<A>): void {
    kept.synced = kept.seen
    this.changes++
  }

  /** Nothing of a process is held any more. */
  free(process: Process): void {
    for (const { lock } of this.slots) if (lock.holder === process) lock.holder = undefined
  }

  cutPower(): void {
    restore(this.stash)
    restore(this.quarantine)
    for (const { lock, tokens } of this.slots) {
      restore(tokens)
      lock.holder = undefined
    }
    this.changes++
  }

  /** Where a power cut would leave this refresh token. */
  placesOf(refresh: string): ReadonlyArray<string> {
    const holds = ({ refresh: held }: TokenSet) => revealed(held) === refresh
    return [
      ...this.slots.filter(({ tokens }) => holds(tokens.synced)).map(({ name }) => `store ${name}`),
      ...(Array.from(this.stash.synced.values()).some(({ tokens }) => holds(tokens)) ? ["stash"] : []),
      ...(Array.from(this.quarantine.synced.values()).some(({ tokens }) => holds(tokens)) ? ["quarantine"] : [])
    ]
  }
}

const restore = <A>(kept: Kept<A>): void => {
  kept.seen = kept.synced
}
