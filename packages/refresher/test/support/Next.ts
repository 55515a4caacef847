/**
 * Waiting for what a ledger will say.
 */
import type { EventType } from "@daybook/pool/Event"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, Stream } from "effect"
import type { Instance } from "./Instance.ts"

/** The next event of a type that fits, from now on or since the ledger's beginning. */
export const next = <Type extends EventType>(
  { ledger }: Pick<Instance, "ledger">,
  type: Type,
  fits: (event: Extract<Recorded, { readonly type: Type }>) => boolean = () => true
) =>
  Effect.orDie(
    ledger.tail().pipe(
      Stream.filter((event): event is Extract<Recorded, { readonly type: Type }> => event.type === type),
      Stream.filter(fits),
      Stream.runHead
    )
  )
