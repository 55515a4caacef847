/** What is asked of each state: whether a condition holds, or what a command of the user's says of it. */
import type { Damaged } from "@daybook/ledger/LedgerError"
import type { CredentialId } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Answer } from "@daybook/pool/queries/Bisect"
import { type Condition, credentialsIn, holds, type Sight } from "@daybook/pool/queries/condition/Condition"
import { parse } from "@daybook/pool/queries/condition/Parse"
import type { Flaw } from "@daybook/pool/queries/condition/Token"
import { statusOf } from "@daybook/pool/queries/Status"
import { Effect, Result, Schema } from "effect"
import { spawn } from "node:child_process"
import { exitCodes } from "../ExitCode.ts"
import { findCredential } from "../FindCredential.ts"
import { Show, showJson } from "../json/Show.ts"
import { nearest } from "../Nearest.ts"
import { notRun } from "../RunCommand.ts"
import { Stop } from "../Stop.ts"

export type Judge = ByCondition | ByCommand

export interface ByCondition {
  readonly _tag: "Condition"
  readonly text: string
  readonly condition: Condition
  readonly ids: ReadonlyMap<string, CredentialId>
}

export interface ByCommand {
  readonly _tag: "Command"
  readonly program: string
  readonly args: ReadonlyArray<string>
}

/** Names in the condition are those of the ledger's end, removed credentials included. */
export const byCondition = Effect.fnUntraced(function* (text: string, end: PoolState) {
  const parsed = parse(text)
  if (Result.isFailure(parsed)) return yield* unreadable(text, parsed.failure)
  const condition = parsed.success
  const found = yield* Effect.forEach(credentialsIn(condition), (name) =>
    Effect.map(findCredential(end, name), ({ id }) => [name, id] as const)
  )
  return { _tag: "Condition", text, condition, ids: new Map(found) } satisfies Judge
})

const unreadable = (text: string, { column, says, unknown }: Flaw): Stop => {
  const near = unknown === undefined ? [] : nearest(unknown.typed, unknown.known)
  const guess = near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`
  const all = unknown === undefined || near.length > 0 ? "" : ` Known are: ${unknown.known.join(", ")}.`
  const message = ["--when cannot be read:", `  ${text}`, `  ${" ".repeat(column - 1)}^ ${says}.${guess}${all}`].join(
    "\n"
  )
  return new Stop({ exitCode: exitCodes.usage, message })
}

export const sightOf = ({ ids }: ByCondition, state: PoolState): Sight => ({ state, idOf: (name) => ids.get(name) })

export const judge = (by: ByCondition, state: PoolState): Answer =>
  holds(by.condition, sightOf(by, state)) ? "holds" : "fails"

/** As `git bisect run` has it: 0 holds, 125 cannot tell, any other up to 127 does not hold. */
export const run = (
  { args, program }: ByCommand,
  state: PoolState,
  damage: Damaged | undefined
): Effect.Effect<Answer, Stop> =>
  Effect.callback<Answer, Stop>((resume) => {
    const env = { ...process.env, DAYBOOK_AT: String(state.head) }
    const child = spawn(program, args, { env, stdio: ["pipe", "ignore", "inherit"] })
    child.once("error", (error: NodeJS.ErrnoException) => resume(Effect.fail(notRun(program, error))))
    child.once("close", (code, signal) => resume(answerOf(program, state, code, signal)))
    child.stdin.once("error", () => undefined) // it need not read what it is told
    child.stdin.end(documentOf(state, damage))
    return Effect.sync(() => child.kill())
  })

const answerOf = (
  program: string,
  { head }: PoolState,
  code: number | null,
  signal: NodeJS.Signals | null
): Effect.Effect<Answer, Stop> => {
  if (code === 0) return Effect.succeed("holds")
  if (code === 125) return Effect.succeed("unknown")
  if (code !== null && code <= 127) return Effect.succeed("fails")
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`
  const message = `${program} ended with ${how} at event ${head}, which is no answer. It must exit with 0 (holds), 125 (cannot tell) or up to 127 (does not hold).`
  return Effect.fail(new Stop({ exitCode: exitCodes.error, message }))
}

/** The pool as `show --at` gives it in JSON. */
const documentOf = (state: PoolState, damage: Damaged | undefined): string =>
  JSON.stringify(Schema.encodeSync(Show)(showJson({ state, at: state.latest, damage }, statusOf(state, state.latest))))
