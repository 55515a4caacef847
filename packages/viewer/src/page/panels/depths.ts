/** How far to the right each member of a family stands: an only line goes straight down, a further branch one step in. */
import type { LineageView } from "../../Questions.ts"

const most = 6

type Member = Pick<LineageView["members"][number], "name" | "parent">

export const depthsOf = (members: ReadonlyArray<Member>): ReadonlyArray<number> => {
  const depths = new Map<string, number>()
  const children = new Map<string, number>()
  return members.map(({ name, parent }) => {
    const before = parent === undefined ? 0 : (children.get(parent) ?? 0)
    if (parent !== undefined) children.set(parent, before + 1)
    const depth = Math.min((parent === undefined ? 0 : (depths.get(parent) ?? 0)) + before, most)
    depths.set(name, depth)
    return depth
  })
}
