/**
 * Credentials whose refresh token is not ours, and API keys, which have none: their store is read, and nothing else.
 */
import { compareFound } from "@daybook/pool/decisions/CompareFound"
import { isBlank } from "@daybook/pool/TokenSet"
import { Clock, Effect } from "effect"
import { anotherLogin, dead } from "./NoToken.ts"
import { isServable } from "./Freshness.ts"
import { decide, grantState } from "./GrantState.ts"
import { asRefreshError, isMoved } from "./internal/AsRefreshError.ts"
import type { Landing, Want } from "./Section.ts"
import { observation } from "./Observation.ts"
import { holding, type Target, transient } from "./Target.ts"
import { recalling } from "./Held.ts"
import { TokenMemory } from "./TokenMemory.ts"

export const readBorrowed = (target: Target, want: Want) =>
  read(target, want).pipe(
    Effect.retry({ while: isMoved, times: 5 }),
    Effect.mapError((trouble) => asRefreshError(target, trouble))
  )

const read = Effect.fnUntraced(function* (target: Target, want: Want) {
  const memory = yield* TokenMemory
  const tokens = yield* target.authority.read
  if (isBlank(tokens)) return yield* waiting(target)
  const before = (yield* grantState(target)).grant
  const held = recalling(yield* holding(target, tokens), memory.get(target.grant), before.current)
  const standing = compareFound(before, held.generation)
  if (standing === "another login") {
    memory.forget(target.grant)
    return yield* anotherLogin(target)
  }
  if (standing === "newer") {
    yield* decide(target, before.version, ...observation(target, before, held, "reload"))
  }
  memory.set(target.grant, held)
  const { health } = (yield* grantState(target)).grant
  if (health._tag === "Dead") return yield* dead(target, health)
  const unwanted = want.unwanted !== undefined && want.unwanted === held.generation.access
  return !unwanted && isServable(held, yield* Clock.currentTimeMillis)
    ? ({ held } satisfies Landing)
    : yield* waiting(target)
})

/** A store that knows why it is only read knows also what a person does about it. */
const waiting = ({ authority, credential }: Target) =>
  transient(credential, "Borrowed", authority.whyReadOnly ?? unowned)

const unowned = "another program owns this login. Run that program; Daybook sees its new login by itself"
