/** What went wrong, as text: for a history, and to look for secrets in it. */

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : (JSON.stringify(error) ?? "nothing")

/** With all its fields. */
export const everythingIn = (error: unknown): string => `${messageOf(error)} ${JSON.stringify(error) ?? ""}`

export const isTagged = (error: unknown): error is { readonly _tag: string } =>
  typeof error === "object" && error !== null && "_tag" in error
