/** A store that was named with --vault or DAYBOOK_VAULT. */
import { existsSync } from "node:fs"

export const isMissing = (vault: string | undefined): vault is string => vault !== undefined && !existsSync(vault)

export const noVault = (path: string): string =>
  `There is no file ${path}. Give the path of an existing hermes auth.json with --vault, or leave it out.`
