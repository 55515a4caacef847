/** Why a refresh token was not sent after all, though the intent was on disk: the fault of a failure that never left. */
export const whyUnsent = [
  "lock-held-too-long",
  "out-of-use",
  "store-unreadable",
  "stash-unreadable",
  "store-changed",
  "successor-found",
  "intent-too-old"
] as const
export type WhyUnsent = (typeof whyUnsent)[number]
