/** What a command's answer is, in this process: the effect behind it is run on a real ledger, its output caught. */
import { plain } from "@daybook/cli/render/Paint"
import { Effect } from "effect"
import { TestConsole } from "effect/testing"

/** For people, who have no terminal that shows colour; or in JSON. */
export const told = (home: string, json = false) => ({ home, json, paint: plain, columns: 80 })

/** What stood on stdout, line by line. */
export const linesOf = <E, R>(answer: Effect.Effect<unknown, E, R>) =>
  Effect.map(printed(answer), (text) => text.split("\n"))

export const jsonOf = <E, R>(answer: Effect.Effect<unknown, E, R>) =>
  Effect.map(printed(answer), (text): unknown => JSON.parse(text))

const printed = Effect.fnUntraced(function* <E, R>(answer: Effect.Effect<unknown, E, R>) {
  const before = (yield* TestConsole.logLines).length
  yield* answer
  return (yield* TestConsole.logLines).slice(before).join("\n")
})

/** Lines that do not fit into 80 columns. */
export const tooWide = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.filter(({ length }) => length > 80)

/**
 * Sentences as they were before they were broken into lines: where a line breaks depends on the id of the process. A line
 * with a mark of its own, under as many blanks, is another sentence.
 */
export const unbroken = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines
    .join("\n")
    .replace(/\n {13,}(?=[^ └])/g, " ")
    .replace(/\[\d+\]/g, "[PID]")
    .split("\n")
