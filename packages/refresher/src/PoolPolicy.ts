/**
 * The policy by which this process decides; what it is gets recorded with the first decision.
 */
import { defaults, type Policy } from "@daybook/pool/Policy"
import { Context } from "effect"

export const PoolPolicy = Context.Reference<Policy>("@daybook/refresher/PoolPolicy", { defaultValue: () => defaults })
