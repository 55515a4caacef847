import { Effect } from "effect"
export const tour = (_: unknown) => Effect.void
