/** What a program may name as a provider. */

/** The ids of `defaultProviders`, for whoever types one. */
export const knownIds = [
  "openai-codex",
  "xai-oauth",
  "nous",
  "anthropic",
  "qwen-oauth",
  "minimax-oauth",
  "kimi",
  "google-gemini",
  "copilot"
] as const

/** An editor offers those that Daybook knows; any other id is as good. */
export type ProviderId = (typeof knownIds)[number] | (string & Record<never, never>)
