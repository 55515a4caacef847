/** The person who logs in, as the program in front of them shows things and reads them. */
import type { Instant } from "@daybook/pool/Instant"
import type { Effect } from "effect"

export type Prompt =
  /** Open this address in a browser on this machine; its answer comes by itself. */
  | { readonly _tag: "Browser"; readonly url: string; readonly until: Instant }
  /** Open this address anywhere, and enter the code there. */
  | {
      readonly _tag: "Device"
      readonly url: string
      /** The same with the code in it. */
      readonly urlWithCode?: string
      readonly userCode: string
      readonly until: Instant
    }
  /** Open this address anywhere, and paste the address at which the browser ends, or the code that a page shows. */
  | { readonly _tag: "Paste"; readonly url: string; readonly until: Instant }
  /** An answer to another login came by, and was ignored. */
  | { readonly _tag: "Ignored" }
  /** What was pasted has neither a code nor an error in it. */
  | { readonly _tag: "NotAnAnswer" }

export interface Person {
  readonly show: (prompt: Prompt) => Effect.Effect<void>
  /** What the person pastes; nothing once there is no more to come. */
  readonly paste: Effect.Effect<string | undefined>
}
