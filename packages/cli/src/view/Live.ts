/**
 * What is appended, as server-sent events: `lines` with the lines, `damage` with a sentence. Nothing is kept for a slow
 * reader: the next lines are read from the ledger when it has taken the last ones.
 */
import type { LedgerError } from "@daybook/ledger/LedgerError"
import * as LineFormat from "@daybook/ledger/LineFormat"
import { Seq } from "@daybook/pool/Ids"
import { Effect, Stream } from "effect"
import { damageMessage } from "../Failure.ts"
import type { Write } from "./Reply.ts"
import type { Shown } from "./Shown.ts"

/** So that both sides notice when the other is gone. */
const heartbeat = "15 seconds"

/** A damaged ledger may be repaired, or be put back. */
const patience = "2 seconds"

/** Ends with its reader. Of a ledger that is shown up to a moment nothing comes. */
export const follow = Effect.fnUntraced(function* (shown: Shown, after: number, write: Write) {
  yield* write("retry: 1000\n\n")
  const beats = Effect.sleep(heartbeat).pipe(Effect.andThen(write(":\n\n")), Effect.forever)
  return yield* shown.upTo === undefined ? Effect.raceFirst(new Following(shown, after, write).run, beats) : beats
})

class Following {
  private readonly ledger: Shown["ledger"]
  private readonly write: Write
  private last: number
  private told: string | undefined

  constructor({ ledger }: Shown, after: number, write: Write) {
    this.ledger = ledger
    this.last = after
    this.write = write
  }

  get run(): Effect.Effect<never, LedgerError> {
    return Effect.suspend(() => this.tail).pipe(
      Effect.catchReason("LedgerError", "Damaged", (damage) => this.tell(damageMessage(damage))),
      Effect.andThen(Effect.sleep(patience)),
      Effect.forever
    )
  }

  /** The tail says what is there to be read, and checks it. */
  private get tail(): Effect.Effect<void, LedgerError> {
    return this.ledger
      .tail(Seq.make(this.last + 1))
      .pipe(Stream.runForEachArray((events) => this.send(events.at(-1)?.seq)))
  }

  private send(to: Seq | undefined): Effect.Effect<void, LedgerError> {
    if (to === undefined || to <= this.last) return Effect.void
    const take = (lines: ReadonlyArray<string>) =>
      Effect.suspend(() => {
        this.last = LineFormat.claimedSeq(lines.at(-1) ?? "")
        this.told = undefined
        return this.write(event("lines", lines, this.last))
      })
    return Effect.asVoid(this.ledger.lines({ from: Seq.make(this.last + 1), to, take }))
  }

  private tell(why: string): Effect.Effect<void> {
    if (why === this.told) return Effect.void
    this.told = why
    return this.write(event("damage", why.split("\n"), this.last))
  }
}

/** A browser that comes again says the last `id` that it has had. */
const event = (name: string, data: ReadonlyArray<string>, id: number): string =>
  [`id: ${id}`, `event: ${name}`, ...data.map((line) => `data: ${line}`), "\n"].join("\n")
