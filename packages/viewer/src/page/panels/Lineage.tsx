/** Generations of tokens, parents before children; where two spring from one, the second stands to the right. */
import type { LineageView } from "../../Questions.ts"
import { Foreign } from "../Foreign.tsx"
import { depthsOf } from "./depths.ts"
import { GoTo } from "./Steps.tsx"

export const Lineage = ({ lineage: { members } }: { readonly lineage: LineageView }) => {
  if (members.length === 0) return undefined
  const depths = depthsOf(members)
  return (
    <section>
      <h3>Tokens and where they came from</h3>
      <ol class="lineage">
        {members.map((member, place) => (
          <li key={member.seq} class={classOf(member)} style={{ "--depth": String(depths[place]) }}>
            <p>
              <GoTo seq={member.seq} />{" "}
              <code>
                <Foreign text={member.name} />
              </code>{" "}
              {member.isCurrent ? <strong class="tag">in use</strong> : undefined}
              {member.isFork ? <strong class="tag fork">fork</strong> : undefined}
            </p>
            <p class="quiet">
              <Foreign text={member.brought} />
              {member.ended === undefined ? undefined : (
                <>
                  {"; "}
                  <Foreign text={member.ended} />
                </>
              )}
            </p>
          </li>
        ))}
      </ol>
    </section>
  )
}

const classOf = ({ isCurrent, isFork }: LineageView["members"][number]): string =>
  [isCurrent ? "current" : "", isFork ? "fork" : ""].join(" ").trim()
