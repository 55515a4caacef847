/**
 * Answers about a pool, as it is now, say null where answers about the past leave a field out. The shapes are the same
 * otherwise, so a field of the one is made of a field of the other.
 */
import { Schema, Struct } from "effect"

interface OrNull extends Struct.Lambda {
  <S extends Schema.Constraint>(self: Schema.optional<S>): Schema.NullOr<S>
  readonly "~lambda.out": this["~lambda.in"] extends Schema.optional<infer S> ? Schema.NullOr<S> : never
}

/** What may be left out there is null here, and described alike. */
export const orNull = Struct.lambda<OrNull>((self) =>
  Schema.NullOr(self.schema.members[0]).annotate({ ...Schema.resolveAnnotations(self) })
)
