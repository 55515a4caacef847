/** How to ask what can be done about damage: the command line, for the ledger in a folder. */
import { daybookHome } from "daybook/Home"

export const repairCommand = (folder: string): string =>
  `daybook repair --dry-run${folder === daybookHome() ? "" : ` --home ${folder}`}`
