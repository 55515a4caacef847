/** A library says nothing on its program's standard output: what it must say is a line on standard error. */
import { Logger } from "effect"

export const warnings = Logger.layer([
  Logger.withConsoleError(Logger.make<unknown, string>(({ message }) => `daybook: ${[message].flat().join(" ")}`))
])
