/** What every place that keeps logins can do; the Vault is a list of these. */
import type { StoreKind, StoreRef } from "@daybook/pool/StoreRef"
import type { Effect } from "effect"
import type { Authority } from "./Authority.ts"
import type { Survey } from "./Login.ts"
import type { StoreError } from "./StoreError.ts"

export interface Store {
  readonly description: StoreDescription
  /** Reads and never writes. A missing file is an empty store. */
  readonly survey: Effect.Effect<Survey>
  readonly holds: (ref: StoreRef) => boolean
  /** For a reference that this store holds. */
  readonly authority: (ref: StoreRef) => Effect.Effect<Authority, StoreError>
  /** Other files than the description's whose change may change a login. */
  readonly watched?: Effect.Effect<ReadonlyArray<string>>
}

export interface StoreDescription {
  readonly kind: StoreKind
  /** The file or folder that is read and watched; absent for the environment and for memory. */
  readonly path?: string
  /** One sentence for people: what is read, and what is never touched. */
  readonly about: string
}
