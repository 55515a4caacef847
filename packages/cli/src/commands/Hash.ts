/** `daybook hash` */
import * as OwnKey from "@daybook/ledger/OwnKey"
import type { Recorded } from "@daybook/pool/Recorded"
import { mention, tokenUse } from "@daybook/pool/queries/TokenUse"
import { Effect, Redacted } from "effect"
import { Command } from "effect/cli"
import { exitCodes } from "../ExitCode.ts"
import * as History from "../History.ts"
import { type HistoryFlags, historyFlags } from "../HistoryFlags.ts"
import { basisOf } from "../json/Basis.ts"
import { Hash } from "../json/Hash.ts"
import * as Output from "../Output.ts"
import { textOnStdin, type Unreadable } from "../ReadText.ts"
import { hashLines } from "../render/HashLines.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"
import { Stop } from "../Stop.ts"

export const hash = Command.make(
  "hash",
  historyFlags,
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(
  Command.withDescription(
    "Whether the ledger knows the token on standard input, and where. Exit code 1 if it does not. The token is never shown"
  )
)

export const answer = Effect.fnUntraced(function* (told: Pick<Settings, "home" | "json">, flags: HistoryFlags) {
  const history = yield* History.open(told, flags)
  const fingerprint = (yield* OwnKey.open(history.folder)).of(yield* tokenOnStdin)
  const events: Array<Recorded> = []
  yield* History.scan(history, { names: [fingerprint], take: (event) => void events.push(event) })
  const uses = tokenUse(history.state, fingerprint, events)
  const known = events.length > 0
  yield* told.json
    ? Output.documentOf(Hash, { ...basisOf(history), fingerprint, known, uses })
    : Output.lines(hashLines(fingerprint, uses, events.map(mention)))
  if (!known) return yield* new Stop({ exitCode: exitCodes.error, message: "" })
}, Effect.scoped)

/** Far longer than any token. */
const longest = 64 * 1024

const tokenOnStdin = Effect.gen(function* () {
  if (process.stdin.isTTY) Output.sayOnce("Paste the token and end with Ctrl-D.")
  const text = yield* Effect.mapError(textOnStdin(longest), unreadable)
  return isToken(text.trim()) ? Redacted.make(text.trim()) : yield* noToken
})

const unreadable = ({ why }: Unreadable) =>
  new Stop({ exitCode: exitCodes.error, message: `Standard input cannot be read (${why}).` })

/** RFC 6749 A.12: visible characters. What is in braces or quotation marks is a document around one. */
const isToken = (text: string): boolean => /^[!-~]+$/.test(text) && !/^["[{]/.test(text) && text.length < longest

const noToken = new Stop({
  exitCode: exitCodes.usage,
  message:
    "Standard input should hold one token, and nothing else: `daybook hash < FILE`, or paste it and end with Ctrl-D. As an argument it would stay in the shell's history."
})
