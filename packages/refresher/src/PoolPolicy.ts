/**
 * The policy by which this process decides; recorded once, when the pool is opened.
 */
import { defaults, type Policy } from "@daybook/pool/Policy"
import { Context } from "effect"

export const PoolPolicy = Context.Reference<Policy>("@daybook/refresher/PoolPolicy", { defaultValue: () => defaults })
