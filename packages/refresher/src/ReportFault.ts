/**
 * An answer of a model API that did not come, or not whole: recorded beside the credential that was used, and nothing is
 * concluded from it. The network says nothing of a login.
 */
import { faultEvidence } from "@daybook/oauth/ParseAnswer"
import { modelName } from "@daybook/pool/ModelName"
import { Effect } from "effect"
import type { Token } from "./CredentialPool.ts"
import { record } from "./GrantState.ts"

export interface ApiFault {
  /** The transport's own code, such as `ECONNRESET`. */
  readonly fault: string
  /** Whether the request may have reached the provider. */
  readonly left: boolean
  /** Of the answer that was cut; absent if none began. */
  readonly status?: number
  readonly model?: string
}

export const reportFault = ({ credential, generation }: Token, { fault, left, model, status }: ApiFault) =>
  Effect.asVoid(
    record({
      type: "ApiCallBroken",
      v: 1,
      credential,
      data: {
        generation,
        evidence: faultEvidence(fault, left, status),
        ...(model === undefined ? {} : { model: modelName(model) })
      }
    })
  )
