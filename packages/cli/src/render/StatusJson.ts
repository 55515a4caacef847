/** The stable shape of `status --json` and `list --json`: one document, moments as ISO 8601 strings, absent as null. */
import { format, type Instant } from "@daybook/pool/Instant"
import type { PoolView, Row } from "../PoolView.ts"

export const statusJson = ({ at, head, home, problems, rows, unknownEvents }: PoolView) => ({
  home,
  at: format(at),
  head,
  unknownEvents,
  credentials: rows.map(credentialJson),
  problems
})

const credentialJson = (row: Row) => ({
  id: row.id,
  label: row.label ?? null,
  provider: row.provider,
  kind: row.kind,
  ownership: row.ownership,
  source: row.source,
  store: { kind: row.store.kind, path: row.store.path ?? null, slot: row.store.slot },
  priority: row.priority,
  grant: row.grant,
  word: row.word,
  keepalive: row.keepalive,
  reason: row.reason ?? null,
  rule: row.rule ?? null,
  sameAccountAs: row.sameAccountAs ?? null,
  since: iso(row.since),
  until: iso(row.until),
  expiresAt: iso(row.expiresAt),
  deadline: iso(row.deadline),
  generations: row.generations,
  refreshing: row.refreshing,
  lastAcceptedAt: iso(row.lastAcceptedAt),
  lost: row.lost ?? null,
  todo: row.todo ?? null
})

/** Null for a moment that nobody knows. */
export const iso = (instant: Instant | undefined): string | null => (instant === undefined ? null : format(instant))
