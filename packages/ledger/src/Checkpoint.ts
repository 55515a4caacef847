/**
 * One line that says how far a ledger reached: kept in a ticket, a mail or a repository, it proves later that nothing up
 * to there was taken away or rewritten. It holds no secret.
 */
import type { LedgerId, Seq } from "@daybook/pool/Ids"
import { format as formatInstant, Instant } from "@daybook/pool/Instant"
import { Schema } from "effect"
import type { Head } from "./Ledger.ts"

export interface Checkpoint extends Head {
  /** When it was taken. */
  readonly at: Instant
}

/** `daybook-checkpoint-1 <ledger> <seq> <h> <time>` */
export const format = ({ at, h, ledger, seq }: Checkpoint): string =>
  `daybook-checkpoint-1 ${ledger} ${seq} ${h} ${formatInstant(at)}`

const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
const pattern = new RegExp(
  `daybook-checkpoint-1\\s+(${uuid})\\s+(\\d{1,15})\\s+([\\w-]{43})\\s+(\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z)`,
  "g"
)

/** All checkpoints in a text, whatever stands around them; a mail may have broken their lines. */
export const findAll = (text: string): ReadonlyArray<Checkpoint> =>
  Array.from(text.replaceAll(/^[>\s|]+/gm, " ").matchAll(pattern), ([, ledger, seq, h, at]) => ({
    ledger: ledger as LedgerId,
    seq: Number(seq) as Seq,
    h: h as string,
    at: Date.parse(at as string)
  })).filter(({ at }) => isInstant(at))

const isInstant = Schema.is(Instant)
