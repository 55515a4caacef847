/** What is wrong with a ledger, and how each damaged stretch could be passed over. Reads only. */
import type { LedgerId, Seq } from "@daybook/pool/Ids"
import { Effect, Option } from "effect"
import { existsSync } from "node:fs"
import { dirname } from "node:path"
import type { LedgerError } from "../LedgerError.ts"
import type { Link } from "../LineFormat.ts"
import type { Finding } from "../Repair.ts"
import * as Accepted from "./Accepted.ts"
import * as Beginning from "./Beginning.ts"
import { findBreak } from "./Continuity.ts"
import * as Header from "./Header.ts"
import * as LedgerFile from "./LedgerFile.ts"
import * as MarkIndex from "./MarkIndex.ts"
import { walkOn } from "./Pages.ts"
import { past } from "./Reader.ts"
import * as Resync from "./Resync.ts"
import * as Segments from "./Segments.ts"
import { type Damage, type Junk, nothingBehind, type Place, startAfter } from "./Walk.ts"

export interface Surveyed {
  readonly findings: ReadonlyArray<Finding>
  /** The damage, as the next segment's first line would name it. */
  readonly accepts: ReadonlyArray<Header.Accepted>
}

export const survey = Effect.fnUntraced(function* (live: string): Effect.fn.Return<Surveyed, LedgerError> {
  const sealed = yield* Segments.listSealed(dirname(live))
  const isLiveHere = existsSync(live)
  const liveFirst = isLiveHere ? yield* firstOf(live) : Infinity
  if (isLiveHere && Number.isFinite(liveFirst) && (yield* Segments.isOutdated(live, liveFirst as Seq))) {
    return { findings: [{ _tag: "Beyond", path: live, why: Segments.outdated }], accepts: [] }
  }
  const older = sealed.filter(({ first }) => first < liveFirst).map(({ path }) => path)
  const paths = isLiveHere ? [...older, live] : older
  const surveyor = new Surveyor(live)
  for (const [index, path] of paths.entries()) {
    const goesOn = yield* surveyor.segment(path, paths[index + 1])
    if (!goesOn) break
  }
  return surveyor.surveyed(isLiveHere)
})

const firstOf = (path: string): Effect.Effect<number> =>
  Effect.scoped(Segments.openAt(path, "read")).pipe(
    Effect.map(({ header }) => header.first),
    Effect.orElseSucceed(() => Infinity)
  )

class Surveyor {
  readonly live: string
  readonly findings: Array<Finding> = []
  readonly accepts: Array<Header.Accepted> = []
  ledger: LedgerId | undefined
  place: Place | undefined

  constructor(live: string) {
    this.live = live
  }

  /** False if nothing behind it can be judged. */
  readonly segment = Effect.fnUntraced(function* (
    this: Surveyor,
    path: string,
    nextPath: string | undefined
  ): Effect.fn.Return<boolean, LedgerError> {
    const header = yield* Effect.option(headerOf(path))
    if (Option.isNone(header)) return this.isBeyond(path, "its first line, which says what it continues, is damaged")
    const link = Header.linkBefore(header.value)
    const flaw =
      this.place === undefined
        ? yield* Beginning.findFlaw(this.live, header.value)
        : findBreak(this.live, path, header.value, this.place, this.ledger ?? header.value.ledger)
    if (flaw !== undefined) return this.isBeyond(flaw.path, flaw.why)
    this.ledger ??= header.value.ledger
    this.place = startAfter(link)
    const next = nextPath === undefined ? Option.none() : yield* Effect.option(headerOf(nextPath))
    yield* Effect.scoped(this.walk(path, Option.getOrUndefined(Option.map(next, Header.linkBefore))))
    return true
  })

  isBeyond(path: string, why: string): false {
    this.findings.push({ _tag: "Beyond", path, why })
    return false
  }

  readonly walk = Effect.fnUntraced(function* (this: Surveyor, path: string, next: Link | undefined) {
    const file = yield* LedgerFile.open(path, "read")
    const size = yield* file.size
    let place = this.place as Place
    do {
      const walked = yield* walkOn({ read: file.read, size, isWhole: true }, place)
      place = walked.place
      const isTornTail = next === undefined && !(yield* MarkIndex.reachesBeyond(this.live, place))
      if (walked.ending._tag === "Torn" && isTornTail) {
        this.findings.push({ _tag: "TornTail", ...rangeOf(path, walked.ending.tail) })
        break
      }
      if (walked.ending._tag === "Damaged") place = yield* this.pass(file, place, next, walked.ending.damage)
      else if (walked.ending._tag === "Torn") place = yield* this.pass(file, place, next, halfLine(place))
      yield* Effect.yieldNow
    } while (place.offset < size)
    if (next !== undefined && !place.isSealed) place = yield* this.pass(file, place, next, noSeal(place))
    this.place = place
  })

  /** Over a damaged stretch, to where the chain goes on. */
  readonly pass = Effect.fnUntraced(function* (
    this: Surveyor,
    file: LedgerFile.LedgerFile,
    at: Place,
    next: Link | undefined,
    { why }: Damage
  ) {
    const known = yield* Accepted.find(this.live, file, at)
    if (known !== undefined) return past(nothingBehind(at), known).place
    const found = yield* Resync.find(file, at, next)
    const junk = yield* Accepted.junkOf(this.live, file, at, found)
    const lost = found.seq > at.seq ? { from: (at.seq + 1) as Seq, to: found.seq } : undefined
    this.accepts.push(found)
    this.findings.push({ _tag: "Damage", ...rangeOf(file.path, junk), why, lost })
    return past(nothingBehind(at), junk).place
  })

  surveyed(isLiveHere: boolean): Surveyed {
    const { accepts, findings, live, place } = this
    if (findings.some(({ _tag }) => _tag === "Beyond")) return { accepts, findings }
    if (!isLiveHere && place !== undefined) findings.push({ _tag: "NoLiveSegment", path: live, last: place.seq })
    else if (place?.isSealed === true) findings.push({ _tag: "UnfinishedSeal", path: live })
    return { accepts, findings }
  }
}

const headerOf = (path: string): Effect.Effect<Header.Header, LedgerError> =>
  Effect.scoped(Effect.map(Segments.openAt(path, "read"), ({ header }) => header))

const halfLine = ({ line, offset }: Place): Damage => ({ line: line + 1, offset, why: "half a line" })

const noSeal = ({ line, offset }: Place): Damage => ({
  line: line + 1,
  offset,
  why: "the segment should go on here, and ends"
})

const rangeOf = (path: string, { length, line, offset }: Junk) => ({ path, line, offset, length })
