/** What every command is told: which pool, which store beside it, and in which form to answer. */
import { daybookHome, expand } from "daybook/Home"
import { Option } from "effect"
import { Flag } from "effect/cli"
import { columnsOf } from "./render/Columns.ts"
import { type Paint, paintFor } from "./render/Paint.ts"

export const sharedFlags = {
  home: Flag.String("home").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("Folder of the ledger; default DAYBOOK_HOME, else the user's data folder"),
    Flag.optional
  ),
  vault: Flag.String("vault").pipe(
    Flag.withMetavar("PATH"),
    Flag.withDescription("A hermes auth.json to use beside the pool's own stores; default DAYBOOK_VAULT"),
    Flag.optional
  ),
  json: Flag.Boolean("json").pipe(Flag.withDescription("Answer in JSON"), Flag.withDefault(false))
}

export interface Settings {
  readonly home: string
  readonly vault: string | undefined
  readonly json: boolean
  readonly paint: Paint
  /** So many columns a line may have. */
  readonly columns: number
}

export const settingsOf = (flags: {
  readonly home: Option.Option<string>
  readonly vault: Option.Option<string>
  readonly json: boolean
}): Settings => ({
  home: Option.match(flags.home, { onNone: () => daybookHome(), onSome: expand }),
  vault: Option.getOrElse(Option.map(flags.vault, expand), vaultInEnvironment),
  json: flags.json,
  paint: paintFor(process.stdout, process.env),
  columns: columnsOf(process.stdout)
})

const vaultInEnvironment = (): string | undefined => {
  const named = process.env["DAYBOOK_VAULT"]
  return named ? expand(named) : undefined
}

/** `DAYBOOK_ALLOW_NETWORK_FS=1`: a pool on a network file system is written to all the same, at the user's risk. */
export const allowsNetworkFileSystem = (environment: Readonly<Record<string, string | undefined>>): boolean =>
  environment["DAYBOOK_ALLOW_NETWORK_FS"] === "1"
