/** Ends a command with a message on stderr, if there is anything to say, and an exit code. */
import { Data } from "effect"
import type { ExitCode } from "./ExitCode.ts"

export class Stop extends Data.TaggedError("Stop")<{
  readonly exitCode: ExitCode
  /** What is wrong, with which thing, and the next step; empty if the output has said it. */
  readonly message: string
}> {}
