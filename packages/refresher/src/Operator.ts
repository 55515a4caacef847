/**
 * What an operator does to the pool, by a credential's id. Each wish is an event; a wish that is fulfilled already
 * records nothing, so that it may be given twice. Other processes know within a second.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import type { LockError } from "@daybook/files/LockError"
import type { AppendError, LedgerError } from "@daybook/ledger/LedgerError"
import { endedByOperator } from "@daybook/pool/decisions/Bench"
import { flawOfLabel, pause, prioritise, relabel, resume, whyTaken } from "@daybook/pool/decisions/Membership"
import type { CredentialId } from "@daybook/pool/Ids"
import type { Credential } from "@daybook/pool/PoolState"
import type { Draft, Recorded } from "@daybook/pool/Recorded"
import type { RefreshError } from "@daybook/pool/RefreshError"
import type { Owner } from "@daybook/vault/Binding"
import type { StoreError } from "@daybook/vault/StoreError"
import { Clock, Context, Effect, HashMap, Layer, Option } from "effect"
import { enrolAgain } from "./EnrolAgain.ts"
import { type Enrolled, enrolledFrom, takeStock } from "./Enrolment.ts"
import { OperatorError, type OperatorErrorReason } from "./OperatorError.ts"
import { UnknownCredential } from "./PoolError.ts"
import type { RefreshServices } from "./RefreshServices.ts"
import { removeCredential } from "./Removal.ts"
import { type Revival, reviveCredential } from "./Revival.ts"
import { takeOver } from "./TakeOver.ts"

/** What was recorded; nothing if it was so already. */
export type Events = ReadonlyArray<Recorded>

export type OperatorFailure = OperatorError | UnknownCredential | RefreshError | AppendError | LedgerError

export class Operator extends Context.Service<
  Operator,
  {
    /** Nothing is sent with it and it is not served; with `keepalive` it is still refreshed before it lapses. */
    readonly pause: (
      id: CredentialId,
      options?: { readonly keepalive?: boolean }
    ) => Effect.Effect<Events, OperatorFailure>
    /** It may be served again: a pause ends, and so does a bench. */
    readonly resume: (id: CredentialId) => Effect.Effect<Events, OperatorFailure>
    /**
     * For good. Stores of other programs stay as they are; a login in Daybook's own store is moved to quarantine for 30
     * days. Its place is not enrolled again by itself.
     */
    readonly remove: (id: CredentialId) => Effect.Effect<Events, OperatorFailure | LockError>
    /** Brings back the generation that is dead now, from quarantine if need be, and allows one sending. */
    readonly revive: (id: CredentialId) => Effect.Effect<Revival, OperatorFailure>
    readonly relabel: (id: CredentialId, label: string) => Effect.Effect<Events, OperatorFailure>
    /** The lowest number is asked first. */
    readonly prioritise: (id: CredentialId, priority: number) => Effect.Effect<Events, OperatorFailure>
    /** Enrols what an opened store shows, and answers for each of its logins how it stands to the pool. */
    readonly enrol: (path: string) => Effect.Effect<Enrolled, OperatorFailure | LockError>
    /** Brings a removed credential back, under a new id in the same place. */
    readonly enrolAgain: (id: CredentialId) => Effect.Effect<Events, OperatorFailure | LockError | StoreError>
    /**
     * Binds a hermes file to this ledger, and answers from which other one it was taken. The pools of that one only read
     * it then.
     */
    readonly takeOver: (path: string) => Effect.Effect<Option.Option<Owner>, AppendError | LedgerError | StoreError>
  }
>()("@daybook/refresher/Operator") {
  /** `home` is the folder of the ledger. */
  static readonly layer = (home: string) =>
    Layer.effect(
      Operator,
      Effect.suspend(() => make(home))
    )
}

const make = Effect.fnUntraced(function* (home: string) {
  const services = yield* Effect.context<RefreshServices>()
  const ledger = yield* Ledger

  const find = Effect.fnUntraced(function* (id: CredentialId) {
    const { credentials } = yield* ledger.state
    const found = Option.getOrUndefined(HashMap.get(credentials, id))
    return found ?? (yield* new UnknownCredential({ credential: id, known: [...HashMap.keys(credentials)] }))
  })

  /** Of a credential in the pool. */
  const decided = Effect.fnUntraced(function* (
    id: CredentialId,
    decision: (credential: Credential) => ReadonlyArray<Draft>
  ) {
    const credential = yield* find(id)
    if (credential.removed) return yield* refuse(id, { _tag: "Removed" })
    const events = decision(credential)
    return events.length === 0 ? [] : yield* ledger.append(events)
  })

  return Operator.of({
    pause: (id, { keepalive = false } = {}) => decided(id, (credential) => pause(credential, keepalive)),
    resume: (id) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        decided(id, (credential) => [...resume(credential), ...endedByOperator(ledger.known(), credential, now)])
      ),
    remove: (id) =>
      Effect.provide(
        Effect.flatMap(find(id), (credential) => removeCredential(home, credential)),
        services
      ),
    revive: Effect.fn("Operator.revive")(function* (id) {
      const credential = yield* find(id)
      if (credential.removed) return yield* refuse(id, { _tag: "Removed" })
      return yield* Effect.provide(reviveCredential(credential), services)
    }),
    relabel: Effect.fn("Operator.relabel")(function* (id, label) {
      const why = flawOfLabel(label) ?? whyTaken(yield* ledger.state, id, label)
      if (why !== undefined) return yield* refuse(id, { _tag: "BadLabel", label, why })
      return yield* decided(id, (credential) => relabel(credential, label))
    }),
    prioritise: (id, priority) => decided(id, (credential) => prioritise(credential, priority)),
    enrol: (path) => takeStock(home, "enrol").pipe(Effect.andThen(enrolledFrom(path)), Effect.provide(services)),
    enrolAgain: (id) =>
      Effect.provide(
        Effect.flatMap(find(id), (former) => enrolAgain(home, former)),
        services
      ),
    takeOver: Effect.fn("Operator.takeOver")(function* (path) {
      const { ledger: id } = yield* ledger.head
      const former = yield* Effect.provide(takeOver(path, { id, folder: home }), services)
      if (Option.isSome(former)) yield* ledger.append([takenOver(path, former.value)])
      return former
    })
  })
})

const takenOver = (path: string, { folder, id }: Owner): Draft => ({
  type: "StoreTakenOver",
  v: 1,
  data: { store: "hermes", path, from: id, folder }
})

const refuse = (credential: CredentialId, reason: OperatorErrorReason) =>
  Effect.fail(new OperatorError({ credential, reason }))
