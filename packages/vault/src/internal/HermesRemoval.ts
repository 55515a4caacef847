/**
 * Whether hermes has removed a login. A file that somebody emptied, or began anew after a crash, proves nothing: a login
 * block that hermes removes stays suppressed, and a row that it removes leaves the list of its provider behind.
 */
import { Result } from "effect"
import { decode } from "./Decode.ts"
import * as HermesBlock from "./HermesBlock.ts"
import { blockSlot, withSlots } from "./HermesPlace.ts"
import * as HermesShape from "./HermesShape.ts"
import { blockSource, isSeeded } from "./HermesSources.ts"
import { isSuppressedIn } from "./HermesSuppression.ts"

interface Removable {
  readonly provider: string
  readonly slot: string
  /** As it was recorded; absent where only the slot is known. */
  readonly source?: string
}

export const hasRemoved = (value: unknown, login: Removable): boolean => {
  const decoded = decode(HermesShape.AuthFile, value)
  if (Result.isFailure(decoded)) return false
  const file = decoded.success
  const rows = Object.hasOwn(file.credential_pool ?? {}, login.provider)
    ? file.credential_pool?.[login.provider]
    : undefined
  if (withSlots(login.provider, rows ?? []).some(([slot]) => slot === login.slot)) return false
  return isSeed(login) ? isSeedGone(file, login, rows ?? []) : rows !== undefined && isPlain(login)
}

const isSeed = ({ provider, slot, source }: Removable): boolean =>
  slot === blockSlot(provider) || (source !== undefined && isSeeded({ provider, source }))

const isSeedGone = (
  file: HermesShape.AuthFile,
  { provider, source }: Removable,
  rows: ReadonlyArray<{ readonly [key: string]: unknown }>
): boolean => {
  const block = HermesBlock.parse(file, provider)
  const names = [blockSource(provider), ...(source === undefined ? [] : [source])]
  return (
    Result.isSuccess(block) &&
    block.success === undefined &&
    names.some(isSuppressedIn(file, provider)) &&
    !rows.some((row) => typeof row["source"] === "string" && isSeeded({ provider, source: row["source"] }))
  )
}

/** The provider in whose part of the file a slot stands; ids have no dots. */
export const providerIn = (slot: string): string =>
  slot.startsWith(blockSlot(""))
    ? slot.slice(blockSlot("").length)
    : slot.slice("credential_pool.".length, slot.lastIndexOf("."))

/** Named by its id alone: a slot with a number in it becomes another row's when a row before it goes. */
const isPlain = ({ provider, slot }: Removable): boolean =>
  slot.startsWith(`credential_pool.${provider}.`) && !/#\d+$/.test(slot)
