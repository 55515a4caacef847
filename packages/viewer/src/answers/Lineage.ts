/** The family of tokens behind a credential. Straight runs without incident are one member, as in the command's tree. */
import { Family, familyEvents } from "@daybook/pool/queries/Family"
import type { Fork, Lineage as Grown, Member } from "@daybook/pool/queries/Lineage"
import { type Item, outline, type Strand } from "@daybook/pool/queries/LineageOutline"
import { emptyGrant, grantById } from "@daybook/pool/PoolState"
import {
  ageWords,
  endingWords,
  forkWords,
  incidentsOf,
  originWords,
  runWords,
  sendingWords
} from "@daybook/words/LineageWords"
import { generationName, type Names } from "@daybook/words/Names"
import type { Context } from "../model/Context.ts"
import type { Answers } from "../Questions.ts"
import { memberOf } from "./Member.ts"
import { namesFor } from "./Naming.ts"
import { read, stateBehind } from "./Reading.ts"

type Lineage = Answers["lineage"]
type MemberView = Lineage["answer"]["members"][number]

export const lineage = async (
  context: Context,
  { at, credential }: Lineage["question"]
): Promise<Lineage["answer"]> => {
  const { first } = context
  const state = await context.stateAt(at)
  const { grant } = memberOf(state, credential)
  const before = first === 1 ? emptyGrant(grant) : grantById(await stateBehind(context, first - 1, at.now), grant)
  const family = new Family(before)
  const take = family.take.bind(family)
  await read(context, { from: first, to: state.head, types: familyEvents, names: [grant] }, take)
  const grown = family.lineage(at.now)
  const names = await namesFor(context, state, actorsIn(grown))
  return { members: new Tree(grown, names, at.now).members() }
}

const actorsIn = ({ generations }: Grown) =>
  generations.flatMap(({ brought, ending, sendings }) =>
    [brought, ending.by, ...sendings].flatMap((mark) => (mark === undefined ? [] : [{ actor: mark.by }]))
  )

class Tree {
  readonly grown: Grown
  readonly names: Names
  readonly now: number
  readonly forks: ReadonlyMap<number, Fork>

  constructor(grown: Grown, names: Names, now: number) {
    this.grown = grown
    this.names = names
    this.now = now
    this.forks = new Map(grown.forks.map((fork) => [fork.of, fork]))
  }

  members(): ReadonlyArray<MemberView> {
    return outline(this.grown, { all: false }).flatMap((strand) => this.strand(strand, undefined))
  }

  strand(strand: Strand, parent: string | undefined): ReadonlyArray<MemberView> {
    return strand.flatMap((item, place) => {
      const before = strand[place - 1]
      const above = before === undefined ? parent : nameOf(before)
      if (item._tag === "Run") return this.run(item.members, above)
      const branches = item.branches.flatMap((branch) => this.strand(branch, nameOf(item)))
      return [this.one(item.member, above), ...branches]
    })
  }

  one(member: Member, parent: string | undefined): MemberView {
    const { names, now } = this
    const fork = this.forks.get(member.number)
    return {
      name: oneName(member),
      parent,
      isFork: fork !== undefined,
      brought: originWords(member, names),
      ended: endingWords(member, ageWords(member, now), names),
      seq: placeOf(member),
      isCurrent: member.number === this.grown.current,
      notes: [
        ...this.sendings(member),
        ...incidentsOf(member).map(({ says }) => says),
        ...(fork === undefined ? [] : [forkWords(fork, member)])
      ]
    }
  }

  /** The first and the last of many. */
  sendings({ sendings }: Member): ReadonlyArray<string> {
    const told = sendings.map((sending) => sendingWords(sending, this.names))
    const hidden = told.length - 2
    return hidden < 2 ? told : [...told.slice(0, 1), `${hidden} more requests, then`, ...told.slice(-1)]
  }

  run(members: ReadonlyArray<Member>, parent: string | undefined): ReadonlyArray<MemberView> {
    const last = members.at(-1)
    if (last === undefined) return []
    return [
      {
        name: runName(members),
        parent,
        isFork: false,
        brought: `${members.length} rotations without incident, ${runWords(members, this.names)}`,
        ended: undefined,
        seq: placeOf(last),
        isCurrent: false
      }
    ]
  }
}

const nameOf = (item: Item): string => (item._tag === "Run" ? runName(item.members) : oneName(item.member))

const oneName = ({ generation, number }: Member): string => `${number} ${generationName(generation)}`

const runName = (members: ReadonlyArray<Member>): string => `${members[0]?.number} to ${members.at(-1)?.number}`

/** The event that tells of it; that which tells of its end, if it came before all that can be read. */
const placeOf = ({ brought, ending, sendings }: Member): number =>
  brought?.seq ?? sendings[0]?.seq ?? ending.by?.seq ?? 0
