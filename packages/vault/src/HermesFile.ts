/**
 * hermes-agent's `auth.json`, read: which logins are in it, and where each really lives. A grant may show in several
 * places; the block under `providers` counts before the rows of `credential_pool`, and among rows that share a refresh
 * token the first. Every other place is a view: kept in step, but not a login of its own.
 */
import { Predicate, Result } from "effect"
import { decode } from "./internal/Decode.ts"
import { type Beside, nothing } from "./internal/HermesBeside.ts"
import * as HermesBlock from "./internal/HermesBlock.ts"
import { type Block, blockSlot, type Row, withSlots } from "./internal/HermesPlace.ts"
import * as HermesRow from "./internal/HermesRow.ts"
import * as HermesShape from "./internal/HermesShape.ts"
import { rowWithBeside, standing, withBeside } from "./internal/HermesStanding.ts"
import { isSuppressedIn } from "./internal/HermesSuppression.ts"
import type { Flaw } from "./StoreError.ts"

export interface HermesFile {
  readonly blocks: ReadonlyArray<Block>
  readonly rows: ReadonlyArray<Row>
  /** Slots that hermes was told not to use: their source is suppressed. */
  readonly suppressed: ReadonlyArray<string>
}

/** What could be read, and the first wrong field of each provider whose part could not. */
export interface Surveyed extends HermesFile {
  readonly flaws: ReadonlyArray<Flaw>
}

/** The OAuth logins of these providers and the API keys of all. One provider's flaw hides no other provider. */
export const survey = (
  value: unknown,
  providers: ReadonlyArray<string>,
  beside: Beside = nothing
): Result.Result<Surveyed, Flaw> =>
  Result.map(decode(HermesShape.AuthFile, value), (file) => {
    const parts = namesIn(file).map((provider) => parsePart(file, provider, providers, beside))
    const read = parts.flatMap((part) => (Result.isSuccess(part) ? [part.success] : []))
    return {
      ...joined(read),
      flaws: parts.flatMap((part) => (Result.isFailure(part) ? [part.failure] : []))
    }
  })

/** The part of the file in which a slot stands: whatever else is in the file may have any form. */
export const parseFor = (
  value: unknown,
  slot: string,
  providers: ReadonlyArray<string>,
  beside: Beside = nothing
): Result.Result<HermesFile, Flaw> =>
  Result.gen(function* () {
    const file = yield* decode(HermesShape.AuthFile, value)
    const parts = yield* Result.all(
      namesIn(file)
        .filter((provider) => isPartOf(slot, provider))
        .map((provider) => parsePart(file, provider, providers, beside))
    )
    return joined(parts)
  })

const joined = (parts: ReadonlyArray<HermesFile>): HermesFile => ({
  blocks: parts.flatMap(({ blocks }) => blocks),
  rows: parts.flatMap(({ rows }) => rows),
  suppressed: parts.flatMap(({ suppressed }) => suppressed)
})

const namesIn = (file: HermesShape.AuthFile): ReadonlyArray<string> => [
  ...new Set([
    ...Object.keys(file.providers ?? {}),
    ...Object.keys(file.credential_pool ?? {}),
    ...Object.keys(Predicate.isObject(file.suppressed_sources) ? file.suppressed_sources : {}),
    ...(Predicate.isObject(file.systems) ? ["nous"] : [])
  ])
]

/** Names of providers may have dots. */
const isPartOf = (slot: string, provider: string): boolean =>
  slot === blockSlot(provider) ||
  [`credential_pool.${provider}.`, `credential_pool.${provider}[`].some((start) => slot.startsWith(start))

const slotsIn = ({ credential_pool }: HermesShape.AuthFile, provider: string) =>
  withSlots(provider, Object.hasOwn(credential_pool ?? {}, provider) ? (credential_pool?.[provider] ?? []) : [])

/** A failure names the first field with a wrong type. */
const parsePart = (
  file: HermesShape.AuthFile,
  provider: string,
  providers: ReadonlyArray<string>,
  beside: Beside
): Result.Result<HermesFile, Flaw> =>
  Result.gen(function* () {
    const isOurs = providers.includes(provider)
    const rows = slotsIn(file, provider).map(([slot, row], index) => ({ slot, row, index }))
    const wanted = rows.filter(({ row }) => isOurs || !HermesRow.isOAuth(row))
    const parsed = yield* Result.all(wanted.map(({ index, row, slot }) => HermesRow.parse(provider, slot, row, index)))
    const block = isOurs ? yield* HermesBlock.parse(file, provider) : undefined
    const isSuppressed = isSuppressedIn(file, provider)
    return standing(
      provider,
      block && withBeside(block, beside),
      parsed.map((row) => rowWithBeside(row, beside)),
      isSuppressed
    )
  })
