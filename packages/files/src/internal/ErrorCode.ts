/** The system's codes of failed calls, such as `ENOENT`. */
import { Predicate } from "effect"

/** The code of a thrown value; its text when it has none. */
export const errorCode = (cause: unknown): string =>
  Predicate.hasProperty(cause, "code") && typeof cause.code === "string" ? cause.code : String(cause)

/** A handler for `catch`: answers nothing for these codes and throws everything else on. */
export const ignoring =
  (...codes: ReadonlyArray<string>) =>
  (cause: unknown): undefined => {
    if (!codes.includes(errorCode(cause))) throw cause
  }
