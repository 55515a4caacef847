/** Whether a segment continues what was read before it. */
import type { LedgerId, Seq } from "@daybook/pool/Ids"
import { dirname } from "node:path"
import type { Link } from "../LineFormat.ts"
import * as Header from "./Header.ts"
import * as Segments from "./Segments.ts"

/** Where it breaks off: at the begin of this file, or with a file that is not there. */
export interface Break {
  readonly path: string
  readonly why: string
}

export const findBreak = (
  live: string,
  path: string,
  header: Header.Header,
  before: Link,
  ledger: LedgerId
): Break | undefined => {
  const link = Header.linkBefore(header)
  const named = Segments.firstOf(path)
  if (named !== undefined && named !== header.first) {
    return { path, why: `it begins with event ${header.first}, and its name says another` }
  }
  if (header.ledger !== ledger) return { path, why: "it belongs to another ledger" }
  if (link.seq > before.seq) return missing(live, before, link)
  if (link.seq < before.seq) {
    return { path, why: `event ${before.seq + 1} should stand here and event ${header.first} does` }
  }
  return link.h === before.h ? undefined : { path, why: "it does not continue the segment before it" }
}

const missing = (live: string, before: Link, after: Link): Break => {
  const first = (before.seq + 1) as Seq
  return {
    path: Segments.sealedPath(dirname(live), first),
    why: `it is missing, with the events ${first} to ${after.seq}`
  }
}
