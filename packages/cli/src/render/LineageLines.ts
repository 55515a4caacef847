/**
 * `daybook lineage`: the generations of a grant from top to bottom, what came of each below it, other branches indented
 * beside the line that leads to what counts.
 */
import type { Instant } from "@daybook/pool/Instant"
import type { CredentialId } from "@daybook/pool/Ids"
import type { Credential } from "@daybook/pool/PoolState"
import { ageOf, type Fork, type Lineage, type Mark, type Member, type Sending } from "@daybook/pool/queries/Lineage"
import { type Item, outline, type Strand } from "@daybook/pool/queries/LineageOutline"
import { endingWords, forkWords, originWords, outcomeWords } from "@daybook/words/LineageWords"
import type { Names } from "@daybook/words/Names"
import type { Paint, Tone } from "./Paint.ts"
import { reasons } from "@daybook/words/Sentence"
import { absolute, span } from "@daybook/words/Time"
import { wrap } from "./Wrap.ts"

const columns = 80

export interface LineageView {
  readonly credential: Credential
  /** All that have the grant. */
  readonly holders: ReadonlyArray<CredentialId>
  readonly lineage: Lineage
  readonly at: Instant
  readonly names: Names
  /** Nothing is folded. */
  readonly all: boolean
}

export const lineageLines = (view: LineageView, paint: Paint): ReadonlyArray<string> => {
  const strands = outline(view.lineage, view)
  const lines = new Lines(view, paint)
  return [...lines.heading(), ...strands.flatMap((strand) => ["", ...lines.strand(strand, "")])]
}

class Lines {
  readonly view: LineageView
  readonly paint: Paint
  readonly forks: ReadonlyMap<number, Fork>

  constructor(view: LineageView, paint: Paint) {
    this.view = view
    this.paint = paint
    this.forks = new Map(view.lineage.forks.map((fork) => [fork.of, fork]))
  }

  heading(): ReadonlyArray<string> {
    const { credential, holders, lineage } = this.view
    const { forks, generations } = lineage
    const counts = [
      counted(generations.length, "generation"),
      ...(forks.length === 0 ? [] : [counted(forks.length, "fork")])
    ]
    const others = holders.filter((id) => id !== credential.id)
    return [
      `${this.paint("strong", credential.id)} (${credential.provider}): ${counts.join(", ")}`,
      `${this.paint("faint", "grant")} ${lineage.grant}${others.length === 0 ? "" : `, also of ${others.join(", ")}`}`
    ]
  }

  strand(strand: Strand, prefix: string): ReadonlyArray<string> {
    return strand.flatMap((item, place) => this.item(item, prefix, place === strand.length - 1))
  }

  item(item: Item, prefix: string, isLast: boolean): ReadonlyArray<string> {
    if (item._tag === "Run") return this.run(item.members, prefix, isLast ? " " : "│")
    const { branches, member } = item
    const rail = isLast && branches.length === 0 ? " " : "│"
    return [
      `${prefix}o ${this.name(member)}`,
      ...this.details(member).flatMap(([tone, text]) => this.wrapped(`${prefix}${rail}   `, tone, text)),
      ...branches.flatMap((branch, place) => this.branch(branch, prefix, isLast && place === branches.length - 1)),
      ...(isLast ? [] : [`${prefix}${rail}`])
    ]
  }

  branch(strand: Strand, prefix: string, isLast: boolean): ReadonlyArray<string> {
    const [first = "", ...rest] = this.strand(strand, `${prefix}${isLast ? " " : "│"} `)
    return [`${prefix}${isLast ? "└" : "├"}─${first.slice(prefix.length + 2)}`, ...rest]
  }

  name({ generation: { access, refresh }, number }: Member): string {
    const short = (fingerprint: string) => fingerprint.slice(0, 10)
    if (refresh === undefined) return `${number}  access ${access === undefined ? "token unknown" : short(access)}`
    return `${number}  ${short(refresh)}${access === undefined ? "" : this.paint("faint", `, access ${short(access)}`)}`
  }

  details(member: Member): ReadonlyArray<Detail> {
    const { names } = this.view
    const fork = this.forks.get(member.number)
    const ending = endingWords(member, this.age(member), names)
    return [
      [undefined, originWords(member, names)],
      ...this.sendings(member.sendings).map((text) => [undefined, text] as const),
      ...incidents(member),
      [toneOf(member), ending],
      ...(fork === undefined ? [] : [[fork.kind === "shared" ? "faint" : "bad", forkWords(fork, member)] as const])
    ]
  }

  age(member: Member): string {
    const age = ageOf(member, this.view.at)
    return age === undefined ? "" : (span(age) ?? "less than a second")
  }

  /** The first and the last of many. */
  sendings(sendings: ReadonlyArray<Sending>): ReadonlyArray<string> {
    const [first, last, hidden] = [sendings[0], sendings.at(-1), sendings.length - 2]
    if (this.view.all || hidden < 2 || first === undefined || last === undefined)
      return sendings.map((one) => this.sending(one))
    return [this.sending(first), `${hidden} more requests, then`, this.sending(last)]
  }

  sending(sending: Sending): string {
    return `spent by ${this.mark(sending)}, ${reasons[sending.trigger]}: ${outcomeWords(sending.outcome)}`
  }

  mark({ at, by, seq }: Mark): string {
    return `${this.view.names.actor(by)}, ${absolute(at)}, event ${seq}`
  }

  run(members: ReadonlyArray<Member>, prefix: string, rail: string): ReadonlyArray<string> {
    const [first, last] = [members[0], members.at(-1)]
    if (first?.brought === undefined || last?.brought === undefined) return []
    const adopted = members.reduce((sum, one) => sum + one.adopted, 0)
    const often = adopted === 0 ? "" : `; others came for the same refresh ${counted(adopted, "time")}`
    const when = `${absolute(first.brought.at)} to ${absolute(last.brought.at)}`
    return [
      `${prefix}${rail === "│" ? "┊" : " "} ${first.number} to ${last.number}  ${counted(members.length, "rotation")} without incident`,
      ...this.wrapped(
        `${prefix}${rail === "│" ? "┊" : " "}   `,
        "faint",
        `${when}, by ${this.spenders(members)}${often}`
      ),
      ...(rail === "│" ? [`${prefix}${rail}`] : [])
    ]
  }

  spenders(members: ReadonlyArray<Member>): string {
    const counts = new Map<string, number>()
    for (const { sendings } of members) {
      for (const { by } of sendings) counts.set(by, (counts.get(by) ?? 0) + 1)
    }
    const sorted = [...counts].toSorted(([one, ones], [other, others]) => others - ones || (one < other ? -1 : 1))
    const named = sorted.slice(0, mostNamed).map(([id]) => this.view.names.actor(id as Mark["by"]))
    const rest = sorted.length - named.length
    return rest === 0 ? named.join(", ") : `${named.join(", ")} and ${counted(rest, "other")}`
  }

  wrapped(lead: string, tone: Tone | undefined, text: string): ReadonlyArray<string> {
    return wrap(text, columns - lead.length).map(
      (line) => `${lead}${tone === undefined ? line : this.paint(tone, line)}`
    )
  }
}

type Detail = readonly [Tone | undefined, string]

const incidents = ({ adopted, returns, revivals }: Member): ReadonlyArray<Detail> => {
  const all: ReadonlyArray<readonly [number, ...Detail]> = [
    [adopted, undefined, "others came for the same refresh and used it"],
    [returns, "waiting", "the grant went back to it"],
    [revivals, "waiting", "a person revived it"]
  ]
  return all.flatMap(([count, tone, says]) => (count === 0 ? [] : [[tone, `${says}, ${counted(count, "time")}`]]))
}

/** So many actors of a run are named. */
const mostNamed = 3

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`

const toneOf = ({ ending }: Member): Tone | undefined => {
  switch (ending.how) {
    case "current":
      return "good"
    case "quarantined":
    case "refused":
      return "bad"
    case "lost":
    case "expired":
    case "displaced":
      return "waiting"
    default:
      return undefined
  }
}
