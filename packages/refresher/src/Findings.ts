/**
 * What stood in a store and is not what counts there: recorded as `VaultRead`, and not again until something else is
 * found, since a file is looked at for many reasons.
 */
import type { Standing } from "@daybook/pool/decisions/CompareFound"
import type { EventOf } from "@daybook/pool/Event"
import { refOf } from "@daybook/pool/Generation"
import { Clock, Effect } from "effect"
import { about, record } from "./GrantState.ts"
import type { Held } from "./Held.ts"
import type { Target } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

export type Finding = Omit<EventOf<"VaultRead">["data"], "grant" | "store">

export const readingOf = ({ generation }: Held, standing: Standing): Finding => ({
  found: "generation",
  generation: refOf(generation),
  standing
})

export const isNoted = (target: Target, finding: Finding) =>
  Effect.map(TokenMemory, ({ findings }) => findings.get(target.grant)?.name === nameOf(finding))

export const note = Effect.fnUntraced(function* (target: Target, finding: Finding) {
  if (yield* isNoted(target, finding)) return
  yield* record(about(target, "VaultRead", { store: target.authority.ref.kind, ...finding }))
  const since = yield* Clock.currentTimeMillis
  ;(yield* TokenMemory).findings.set(target.grant, { name: nameOf(finding), since })
})

/** Since when this process has found nothing there at every look, if so. */
export const blankSince = (target: Target) =>
  Effect.map(TokenMemory, ({ findings }) => {
    const last = findings.get(target.grant)
    return last?.name === nameOf({ found: "none" }) ? last.since : undefined
  })

/** What counts stands there again. */
export const forgetFinding = (target: Target) =>
  Effect.map(TokenMemory, ({ findings }) => void findings.delete(target.grant))

const nameOf = ({ found, generation, standing }: Finding): string =>
  [found, standing, generation?.access, generation?.refresh].join(" ")
