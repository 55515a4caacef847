/**
 * What the commands of an operator have in common: they never begin a ledger, find one credential by id or label, act,
 * and print what came into the ledger about it, then one sentence.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { Seq } from "@daybook/pool/Ids"
import type { Credential } from "@daybook/pool/PoolState"
import { storyOf } from "@daybook/pool/queries/Story"
import type { Recorded } from "@daybook/pool/Recorded"
import type { RefreshError } from "@daybook/pool/RefreshError"
import { Operator } from "@daybook/refresher/Operator"
import type { PoolServices } from "daybook"
import { Console, Effect, type Option, Stream } from "effect"
import { Argument, type Prompt } from "effect/cli"
import { exitCodes } from "./ExitCode.ts"
import { findCredential } from "./FindCredential.ts"
import { actJson, type ActName, acts, type Outcome } from "./json/Act.ts"
import * as Output from "./Output.ts"
import * as ReadPool from "./ReadPool.ts"
import { logLine } from "./render/LogLine.ts"
import { namesIn } from "@daybook/words/Names"
import { settings } from "./Root.ts"
import type { Settings } from "./Settings.ts"
import { Stop } from "./Stop.ts"
import * as WritePool from "./WritePool.ts"

export const credentialArgument = Argument.String("credential").pipe(
  Argument.withDescription("Id or label of a credential")
)

export interface Operation<E> {
  readonly command: ActName
  readonly name: string
  readonly sandbox: Option.Option<string>
  /** Before anything is opened for writing. */
  readonly ask?: (credential: Credential) => Effect.Effect<void, Stop, Prompt.Environment>
  readonly act: (operator: Operator["Service"], credential: Credential) => Effect.Effect<Outcome, E, PoolServices>
}

export const operate = Effect.fnUntraced(function* <E>({ act, ask, command, name, sandbox }: Operation<E>) {
  const told = yield* settings
  const looked = yield* Effect.gen(function* () {
    const credential = yield* findCredential(yield* Ledger.use(({ state }) => state), name)
    if (ask !== undefined) yield* ask(credential)
    return credential
  }).pipe(Effect.provide(ReadPool.ledgerLayer(told.home)))
  yield* Effect.provide(carryOut(command, told, looked, act), WritePool.layer(told, sandbox))
})

/** Prints also what was recorded before it failed. */
const carryOut = Effect.fnUntraced(function* <E>(
  command: ActName,
  told: Settings,
  found: Credential,
  act: Operation<E>["act"]
) {
  const ledger = yield* Ledger
  const credential = yield* findCredential(yield* ledger.state, found.id)
  const before = ledger.known().head
  const answer = yield* Effect.result(Effect.flatMap(Operator, (operator) => act(operator, credential)))
  yield* ledger.state
  const events = yield* Stream.runCollect(
    Stream.filter(ledger.read(Seq.make(before + 1)), storyOf(ledger.known(), credential.id))
  )
  if (answer._tag === "Success") return yield* present(command, told, credential, answer.success, events)
  yield* present(command, told, credential, undefined, events)
  return yield* Effect.fail(answer.failure)
})

export const present = Effect.fnUntraced(function* (
  command: ActName,
  told: Settings,
  { id }: Pick<Credential, "id">,
  outcome: Outcome | undefined,
  events: ReadonlyArray<Recorded>
) {
  if (told.json) return yield* Output.documentOf(acts[command], actJson(id, outcome, events))
  const ledger = yield* Ledger
  for (const event of events) yield* Console.log(logLine(event, namesIn(ledger.known()), told.paint))
  if (outcome !== undefined) yield* Console.log(outcome.says)
})

/** It is not about a token that is missing, so the exit code does not say so either. */
export const asError = ({ message }: RefreshError) => new Stop({ exitCode: exitCodes.error, message })
