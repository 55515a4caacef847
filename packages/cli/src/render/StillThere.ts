/** Where a removed login still is, and how to take it out there too or bring it back. */
import { profileOf } from "@daybook/vault/HermesProfiles"
import { dirname } from "node:path"
import type { Credential } from "@daybook/pool/PoolState"

export const stillThere = ({ id, provider, source, store }: Credential): string => {
  const place = store.path ?? store.slot
  const back = `\`daybook enrol --again ${id}\` brings it back.`
  switch (store.kind) {
    case "own":
      return `Its tokens stay in quarantine for 30 days; until then ${back}`
    case "hermes":
      return `${place} was not changed; to take it out there too, run \`${inProfile(place)}hermes auth remove ${provider} ${rowOf(store.slot, provider) ?? id}\`. ${back}`
    case "codex-cli":
      return `${place} was not changed; to log out there too, run \`codex logout\`. ${back}`
    case "file":
      return `${place} was not changed; ${source} still has its login. ${back}`
    case "env":
    case "memory":
      return `The program that gives it still has it. ${back}`
  }
}

/** hermes works in the profile whose folder this variable names. */
const inProfile = (path: string): string => (profileOf(path) === undefined ? "" : `HERMES_HOME=${dirname(path)} `)

/** hermes' own id of it, if it is a row of its pool. */
const rowOf = (slot: string, provider: string): string | undefined => {
  const start = `credential_pool.${provider}.`
  return slot.startsWith(start) ? slot.slice(start.length) : undefined
}
