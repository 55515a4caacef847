/** What `daybook lineage --json` answers. */
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { Trigger } from "@daybook/pool/events/RefreshEvents"
import { ActorId, AttemptId, CredentialId, GrantId, Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import type { Credential } from "@daybook/pool/PoolState"
import type * as Query from "@daybook/pool/queries/Lineage"
import { ageOf } from "@daybook/pool/queries/Lineage"
import { StoreKind } from "@daybook/pool/StoreRef"
import { TerminalReason } from "@daybook/pool/Verdict"
import { Schema } from "effect"
import type { History } from "../History.ts"
import { namesIn } from "@daybook/words/Names"
import { basisFields, basisOf } from "./Basis.ts"

const Number = Schema.Int.annotate({ description: "Of a generation: its place in `generations`, from 1" })

const mark = {
  seq: Seq.annotate({ description: "The event that says so" }),
  at: Instant,
  by: ActorId
}

const Origin = Schema.Struct({
  how: Schema.Literals(["refresh", "login", "enrol", "import", "adopted", "seen", "recovered", "earlier"]).annotate({
    description:
      "refresh: an answer to a request; adopted, seen: another program had put it into the grant's store; recovered: a login of another store in place of a dead one; earlier: not told by the events that are there"
  }),
  where: Schema.optionalKey(StoreKind),
  phase: Schema.optionalKey(Schema.String.annotate({ description: "Of an adoption: when it was found" })),
  rotated: Schema.optionalKey(Schema.Boolean.annotate({ description: "The answer brought another refresh token" })),
  byOther: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "Who sent the request died, and another one found the answer" })
  )
})

const Sending = Schema.Struct({
  ...mark,
  attempt: AttemptId,
  trigger: Trigger,
  outcome: Schema.Literals(["open", "succeeded", "failed", "lost"]),
  outcomeAt: Schema.optionalKey(Instant),
  status: Schema.optionalKey(Schema.Int.annotate({ description: "HTTP status of a refusal" })),
  code: Schema.optionalKey(Schema.String)
})

const Ending = Schema.Struct({
  how: Schema.Literals([
    "current",
    "succeeded",
    "displaced",
    "refused",
    "quarantined",
    "lost",
    "expired",
    "unknown"
  ]).annotate({ description: "succeeded: by what came for it; displaced: by something else; current: not ended" }),
  seq: Schema.optionalKey(Seq),
  at: Schema.optionalKey(Instant),
  by: Schema.optionalKey(ActorId),
  reason: Schema.optionalKey(TerminalReason),
  next: Schema.optionalKey(Number.annotate({ description: "The generation that counted after it" }))
})

const Generation = Schema.Struct({
  number: Number,
  access: Schema.optionalKey(Fingerprint),
  refresh: Schema.optionalKey(Fingerprint),
  expiresAt: Schema.optionalKey(Instant),
  deadline: Schema.optionalKey(Instant.annotate({ description: "When the whole grant ends" })),
  parent: Schema.optionalKey(Number.annotate({ description: "The generation it came for; a login has none" })),
  children: Schema.Array(Number),
  origin: Origin,
  brought: Schema.optionalKey(Schema.Struct(mark)),
  sendings: Schema.Array(Sending).annotate({ description: "Requests that carried its refresh token" }),
  adopted: Schema.Int.annotate({ description: "How often another actor came for a refresh and went on with this one" }),
  returns: Schema.Int.annotate({ description: "How often the grant went back to it" }),
  revivals: Schema.Int.annotate({ description: "How often a person revived it after it was judged dead" }),
  ending: Ending,
  ageMillis: Schema.optionalKey(
    Schema.Int.annotate({ description: "Milliseconds from when it was brought to its end" })
  )
})

const Fork = Schema.Struct({
  of: Number,
  kind: Schema.Literals(["race", "shared", "outside", "back"]).annotate({
    description:
      "race: several requests with it were answered; shared: the same without rotation; outside: another program's successor beside ours; back: what came after it was left, and the grant went back to it"
  }),
  successors: Schema.Array(Number)
})

export const Lineage = Schema.Struct({
  ...basisFields,
  credential: CredentialId,
  provider: Schema.String,
  grant: GrantId,
  credentials: Schema.Array(CredentialId).annotate({ description: "All that have this grant, removed ones included" }),
  current: Schema.optionalKey(Number),
  generations: Schema.Array(Generation).annotate({ description: "In the order in which they came" }),
  forks: Schema.Array(Fork),
  actors: Schema.Record(Schema.String, Schema.String).annotate({ description: "Short names, by id" })
})

export const lineageJson = (
  history: History,
  credential: Credential,
  holders: ReadonlyArray<CredentialId>,
  lineage: Query.Lineage
): typeof Lineage.Type => ({
  ...basisOf(history),
  credential: credential.id,
  provider: credential.provider,
  grant: lineage.grant,
  credentials: holders,
  ...(lineage.current === undefined ? {} : { current: lineage.current }),
  generations: lineage.generations.map((member) => generationJson(member, history.at)),
  forks: lineage.forks.map(({ kind, of: number }) => ({
    of: number,
    kind,
    successors: lineage.generations[number - 1]?.children ?? []
  })),
  actors: actorsOf(history, lineage)
})

const generationJson = (member: Query.Member, moment: Instant): typeof Generation.Type => {
  const { access, deadline, expiresAt, refresh } = member.generation
  const { adopted, brought, children, number, parent, returns, revivals } = member
  return {
    number,
    ...defined({ access, refresh, expiresAt, deadline, parent }),
    children,
    origin: originJson(member.origin),
    ...defined({ brought }),
    sendings: member.sendings.map(sendingJson),
    adopted,
    returns,
    revivals,
    ending: endingJson(member.ending),
    ...defined({ ageMillis: ageOf(member, moment) })
  }
}

const originJson = (origin: Query.Origin): typeof Origin.Type => {
  switch (origin._tag) {
    case "Refresh":
      return { how: "refresh", rotated: origin.rotated, byOther: origin.recovered }
    case "Login":
      return { how: origin.how, where: origin.where }
    case "Adopted":
      return { how: "adopted", phase: origin.phase, ...defined({ where: origin.where }) }
    case "Seen":
      return { how: "seen", where: origin.where }
    case "Recovered":
      return { how: "recovered", where: origin.where }
    case "Earlier":
      return { how: "earlier" }
  }
}

const sendingJson = ({ at, attempt, by, outcome, seq, trigger }: Query.Sending): typeof Sending.Type => {
  const evidence = outcome._tag === "Failed" ? outcome.evidence : undefined
  return {
    seq,
    at,
    by,
    attempt,
    trigger,
    outcome: outcomes[outcome._tag],
    ...defined({
      outcomeAt: outcome._tag === "Open" ? undefined : outcome.at,
      status: evidence?.status,
      code: evidence?.code
    })
  }
}

const outcomes = { Open: "open", Succeeded: "succeeded", Failed: "failed", Lost: "lost" } as const

const endingJson = ({ at, by, how, next, reason }: Query.Ending): typeof Ending.Type => ({
  how,
  ...defined({ seq: by?.seq, at, by: by?.by, reason, next })
})

const actorsOf = ({ state }: History, { generations }: Query.Lineage): Record<string, string> => {
  const named = generations.flatMap(({ brought, ending, sendings }) => [brought, ending.by, ...sendings])
  const ids = new Set(named.flatMap((mark) => mark?.by ?? []))
  return Object.fromEntries(Array.from(ids, (id) => [id, namesIn(state).actor(id)]))
}

type Defined<A> = { [Key in keyof A]?: Exclude<A[Key], undefined> }

/** Without the fields that have no value. */
const defined = <A extends object>(fields: A): Defined<A> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<A>
