/** Where a credential's tokens are, and what could not be read, in answers about a pool as it is now. */
import { StoreRef } from "@daybook/pool/StoreRef"
import { Schema } from "effect"
import type { Problem as ProblemOf } from "../PoolView.ts"

const said = (description: string) => ({ description })

export const Place = Schema.Struct({
  ...StoreRef.fields,
  path: Schema.NullOr(Schema.String).annotate(said("The file; null if it is in none")),
  slot: Schema.String.annotate(said("The place inside of it"))
})

export const placeOf = ({ kind, path, slot }: StoreRef): typeof Place.Type => ({ kind, path: path ?? null, slot })

export const Problem = Schema.Struct({ path: Schema.String, message: Schema.String }).annotate(
  said("A store that could not be read")
)

export const problemOf = ({ message, path }: ProblemOf): typeof Problem.Type => ({ path, message })
