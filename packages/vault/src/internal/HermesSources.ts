/**
 * hermes' words for where a row of its pool came from. It keeps the secrets of what was added by hand and of what it
 * seeded from a login of its own; all other sources are other programs', which it borrows and keeps no secret of.
 */

/** The block's own source first; `loopback_pkce` is an older xAI login. */
const seeds: { readonly [provider: string]: ReadonlyArray<string> } = {
  "openai-codex": ["device_code"],
  "xai-oauth": ["device_code", "loopback_pkce"],
  nous: ["device_code"],
  "minimax-oauth": ["oauth"]
}

interface Sourced {
  readonly provider: string
  readonly source: string
}

const seedsOf = (provider: string): ReadonlyArray<string> => (Object.hasOwn(seeds, provider) ? seeds[provider]! : [])

/** The source of a login block that no row was seeded from; also the name under which hermes suppresses it. */
export const blockSource = (provider: string): string => seedsOf(provider)[0] ?? "device_code"

/** Rows that hermes makes from the block of their provider. */
export const isSeeded = ({ provider, source }: Sourced): boolean => seedsOf(provider).includes(source)

/** Added by somebody; such a row stands for itself, whatever the block holds. */
export const isManual = ({ source }: Pick<Sourced, "source">): boolean =>
  source === "manual" || source.startsWith("manual:")

/** The rest belongs to other programs, which hermes only reads. */
export const isOwned = (row: Sourced): boolean => isSeeded(row) || isManual(row)

/** hermes' own Anthropic login: what counts stands in a file of its own beside `auth.json`. */
export const isHermesPkce = ({ provider, source }: Sourced): boolean =>
  provider === "anthropic" && source === "hermes_pkce"

/** hermes drops these rows of Nous with the block, as it does the seeded ones. */
export const fallsWithBlock = ({ provider, source }: Sourced): boolean =>
  provider === "nous" && source === "manual:device_code"
