/** Writes a report file: an excerpt as `bundle` makes it, and the page to look at it with. */
import type { About } from "@daybook/viewer/Wire"
import { Effect, Option, Stream } from "effect"
import { createReadStream, mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createGzip } from "node:zlib"
import * as MakeExcerpt from "../bundle/MakeExcerpt.ts"
import * as Destination from "../Destination.ts"
import type * as Period from "../Period.ts"
import { around } from "./ReportPage.ts"
import type { Site } from "./Site.ts"

/** Into a new file. Answers what is in it, and its size in bytes. */
export const write = Effect.fnUntraced(function* (
  site: Site,
  period: Period.Period,
  path: string,
  named: ReadonlyArray<string>
) {
  const put = yield* Destination.open(Option.some(path))
  const made = yield* MakeExcerpt.write(period, join(yield* tempFolder, "excerpt"), named)
  const [before, after] = around(site, aboutOf(made, period))
  yield* put(before)
  yield* Stream.runForEach(base64(join(made.folder, "ledger.jsonl")), put)
  yield* put(after)
  return { ...made, bytes: statSync(path).size }
})

const tempFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "daybook-report-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** No path of this machine is in it. */
const aboutOf = ({ events, id, source }: MakeExcerpt.Made, { history }: Period.Period): About => ({
  ledger: id,
  name: `events ${source.from} to ${source.to} of ledger ${source.ledger}`,
  first: 1,
  head: events,
  at: undefined,
  damage:
    history.damage === undefined || source.to < history.end.state.head
      ? undefined
      : `The ledger that this was made of is damaged behind event ${source.to}.`,
  isExcerpt: true,
  isFromElsewhere: true,
  unknown: 0
})

/** A file, gzipped. */
const base64 = (path: string): Stream.Stream<string> =>
  Stream.suspend(() => {
    const zipped: AsyncIterable<Buffer> = createReadStream(path).pipe(createGzip({ level: 9 }))
    return Stream.fromAsyncIterable(inBase64(zipped), (cause) => cause).pipe(Stream.orDie)
  })

/** Three bytes are four letters: what is left of a piece goes to the next. */
async function* inBase64(pieces: AsyncIterable<Buffer>): AsyncIterable<string> {
  let rest = Buffer.alloc(0)
  for await (const piece of pieces) {
    const bytes = Buffer.concat([rest, piece])
    const whole = bytes.length - (bytes.length % 3)
    yield bytes.toString("base64", 0, whole)
    rest = bytes.subarray(whole)
  }
  yield rest.toString("base64")
}
