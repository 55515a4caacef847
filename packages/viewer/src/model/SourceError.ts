/** Why events cannot be had. The message is for the person at the page: what is wrong, and the next step. */
import { Data } from "effect"

export class SourceError extends Data.TaggedError("SourceError")<{
  /** `Gone`: nobody answers, and somebody may again. `Refused`: an answer says no. `Unreadable`: a line or a state is not one. */
  readonly reason: "Gone" | "Refused" | "Unreadable"
  readonly message: string
}> {}

export const gone = (): SourceError =>
  new SourceError({ reason: "Gone", message: "The server does not answer. Run `daybook view` again if it was ended." })

export const refused = (message: string): SourceError => new SourceError({ reason: "Refused", message })

export const unreadable = (message: string): SourceError => new SourceError({ reason: "Unreadable", message })

/** What to tell of any failure. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
