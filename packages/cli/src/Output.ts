/** Where answers go: to stdout what was asked for, to stderr what else a person should know. */
import { Console, Effect, Schema } from "effect"
import type { Problem } from "./PoolView.ts"
import { printed } from "./Printed.ts"

export const lines = (all: ReadonlyArray<string>): Effect.Effect<void> => Console.log(all.join("\n"))

/** A document, of a shape that is on record: `docs/schemas` has it. */
export const documentOf = <S extends Schema.Encoder<unknown>>(shape: S, value: S["Type"]): Effect.Effect<void> =>
  Console.log(JSON.stringify(Schema.encodeSync(shape)(value), null, 2))

/** Stores that could not be read do not keep the rest from being shown. */
export const warnings = (problems: ReadonlyArray<Problem>): Effect.Effect<void> =>
  Effect.sync(() => problems.forEach(({ message }) => sayOnce(message)))

const said = new Set<string>()

/** What several parts of a command come across is one line on stderr. */
export const sayOnce = (message: string): void => {
  if (said.has(message)) return
  said.add(message)
  console.error(printed(message))
}
