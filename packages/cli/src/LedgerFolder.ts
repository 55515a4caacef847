/** The folder of a ledger, as a person names it: the folder, or the `ledger.jsonl` in it. */
import { expand } from "daybook/Home"
import { Option } from "effect"
import { Argument } from "effect/cli"
import { basename, dirname } from "node:path"

export const argument = Argument.String("path").pipe(
  Argument.withDescription("A ledger's folder, or its ledger.jsonl; default the pool's own"),
  Argument.optional
)

export const folderOf = (path: Option.Option<string>, home: string): string =>
  Option.match(path, {
    onNone: () => home,
    onSome: (named) => (basename(named) === "ledger.jsonl" ? dirname(expand(named)) : expand(named))
  })
