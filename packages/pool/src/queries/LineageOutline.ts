/**
 * A lineage in the order in which it is read: one strand for each login, from its first generation to the last of its main
 * line; other branches hang on the generation they come from. Straight runs without incident are folded into one item.
 */
import type { Lineage, Member } from "./Lineage.ts"

export type Strand = ReadonlyArray<Item>

export type Item =
  | { readonly _tag: "One"; readonly member: Member; readonly branches: ReadonlyArray<Strand> }
  | { readonly _tag: "Run"; readonly members: ReadonlyArray<Member> }

/** Fewer than these are shown one by one. */
const shortestRun = 3

/** `all`: nothing is folded. */
export const outline = (lineage: Lineage, { all }: { readonly all: boolean }): ReadonlyArray<Strand> => {
  const { generations } = lineage
  const main = mainLine(lineage)
  const strandFrom = (first: Member): Strand => folded(itemsFrom(first), all)
  const itemsFrom = (first: Member): ReadonlyArray<Item & { readonly _tag: "One" }> => {
    const items: Array<Item & { readonly _tag: "One" }> = []
    for (let member: Member | undefined = first; member !== undefined;) {
      const children: ReadonlyArray<Member> = member.children.map((number) => memberAt(lineage, number))
      const last: Member | undefined = member.number === lineage.current ? undefined : children.at(-1)
      const next: Member | undefined = children.findLast(({ number }) => main.has(number)) ?? last
      items.push({ _tag: "One", member, branches: children.filter((child) => child !== next).map(strandFrom) })
      member = next
    }
    return items
  }
  return generations.filter(({ parent }) => parent === undefined).map(strandFrom)
}

/** Numbers of the one that counts and of all it descends from. */
const mainLine = (lineage: Lineage): ReadonlySet<number> => {
  const line = new Set<number>()
  for (let number = lineage.current; number !== undefined; number = memberAt(lineage, number).parent) line.add(number)
  return line
}

const memberAt = ({ generations }: Lineage, number: number): Member => {
  const member = generations[number - 1]
  if (member === undefined) throw new RangeError(`a lineage of ${generations.length} has no generation ${number}`)
  return member
}

const folded = (items: ReadonlyArray<Item & { readonly _tag: "One" }>, all: boolean): Strand => {
  if (all) return items
  const strand: Array<Item> = []
  let run: Array<Item & { readonly _tag: "One" }> = []
  const flush = () => {
    if (run.length < shortestRun) strand.push(...run)
    else strand.push({ _tag: "Run", members: run.map(({ member }) => member) })
    run = []
  }
  for (const item of items) {
    if (isPlain(item.member)) run.push(item)
    else {
      flush()
      strand.push(item)
    }
  }
  flush()
  return strand
}

/** It came for the one before, was sent once, and one came for it. */
const isPlain = ({ children, ending, origin, returns, sendings }: Member): boolean =>
  origin._tag === "Refresh" &&
  !origin.recovered &&
  returns === 0 &&
  children.length === 1 &&
  ending.how === "succeeded" &&
  sendings.length === 1 &&
  sendings[0]?.outcome._tag === "Succeeded"
