/**
 * `daybook lineage`: the generations of a grant from top to bottom, what came of each below it, other branches indented
 * beside the line that leads to what counts.
 */
import type { Instant } from "@daybook/pool/Instant"
import type { CredentialId } from "@daybook/pool/Ids"
import type { Credential } from "@daybook/pool/PoolState"
import type { Fork, Lineage, Member, Sending } from "@daybook/pool/queries/Lineage"
import { type Item, outline, type Strand } from "@daybook/pool/queries/LineageOutline"
import {
  ageWords,
  endingWords,
  forkWords,
  incidentsOf,
  originWords,
  runWords,
  sendingWords
} from "@daybook/words/LineageWords"
import type { Names } from "@daybook/words/Names"
import type { Paint, Tone } from "./Paint.ts"
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
    const { at, names } = this.view
    const fork = this.forks.get(member.number)
    const ending = endingWords(member, ageWords(member, at), names)
    return [
      [undefined, originWords(member, names)],
      ...this.sendings(member.sendings).map((text) => [undefined, text] as const),
      ...incidents(member),
      [toneOf(member), ending],
      ...(fork === undefined ? [] : [[fork.kind === "shared" ? "faint" : "bad", forkWords(fork, member)] as const])
    ]
  }

  /** The first and the last of many. */
  sendings(sendings: ReadonlyArray<Sending>): ReadonlyArray<string> {
    const { names } = this.view
    const [first, last, hidden] = [sendings[0], sendings.at(-1), sendings.length - 2]
    if (this.view.all || hidden < 2 || first === undefined || last === undefined)
      return sendings.map((one) => sendingWords(one, names))
    return [sendingWords(first, names), `${hidden} more requests, then`, sendingWords(last, names)]
  }

  run(members: ReadonlyArray<Member>, prefix: string, rail: string): ReadonlyArray<string> {
    const [first, last] = [members[0], members.at(-1)]
    if (first === undefined || last === undefined) return []
    return [
      `${prefix}${rail === "│" ? "┊" : " "} ${first.number} to ${last.number}  ${counted(members.length, "rotation")} without incident`,
      ...this.wrapped(`${prefix}${rail === "│" ? "┊" : " "}   `, "faint", runWords(members, this.view.names)),
      ...(rail === "│" ? [`${prefix}${rail}`] : [])
    ]
  }

  wrapped(lead: string, tone: Tone | undefined, text: string): ReadonlyArray<string> {
    return wrap(text, columns - lead.length).map(
      (line) => `${lead}${tone === undefined ? line : this.paint(tone, line)}`
    )
  }
}

type Detail = readonly [Tone | undefined, string]

const incidents = (member: Member): ReadonlyArray<Detail> =>
  incidentsOf(member).map(({ says, what }) => [what === "adopted" ? undefined : "waiting", says])

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
