/** `suppressed_sources`: what hermes was told not to seed its pool from. */
import { Predicate } from "effect"
import type * as HermesShape from "./HermesShape.ts"
import { ownMember } from "./Json.ts"

/** Nothing is, where the field has a form that nobody knows. */
export const isSuppressedIn =
  ({ suppressed_sources }: HermesShape.AuthFile, provider: string) =>
  (source: string): boolean => {
    const sources = Predicate.isObject(suppressed_sources) ? ownMember(suppressed_sources, provider) : undefined
    return Array.isArray(sources) && sources.includes(source)
  }
