/** Why a credential is as it is: the verdict, what led to it, and the one thing to do next. */
import type { Step, WhyView } from "../../Questions.ts"
import { Command } from "../Command.tsx"
import { Foreign, Prose } from "../Foreign.tsx"
import { usePage } from "../Page.ts"
import { Answered } from "./Answered.tsx"
import { ChooseCredential } from "./ChooseCredential.tsx"
import { Lineage } from "./Lineage.tsx"
import { Loop } from "./Loop.tsx"
import { GoTo, Steps } from "./Steps.tsx"

export const WhyPanel = () => {
  const { answers } = usePage()
  return (
    <>
      <ChooseCredential />
      <Answered answer={answers.why} nothing={<Nothing />}>
        {(why) => <Why why={why} />}
      </Answered>
      {answers.why.value.refused === undefined ? (
        <Answered answer={answers.lineage} nothing={undefined}>
          {(lineage) => <Lineage lineage={lineage} />}
        </Answered>
      ) : undefined}
    </>
  )
}

const Nothing = () => {
  const { answers, store } = usePage()
  const isOther = store.selected.value !== undefined && answers.credential.value === undefined
  return (
    <p class="quiet">
      {isOther
        ? "The chosen event is about no credential. Its causes stand in the panel Event."
        : "Choose a credential: here, in the timeline, or in the state. Then this says why it is as it is at the cursor, and what to do."}
    </p>
  )
}

const Why = ({ why }: { readonly why: WhyView }) => (
  <>
    <p class="verdict">
      <span class={`cause ${why.cause}`}>
        <Foreign text={why.cause} />
      </span>{" "}
      <Foreign text={why.says} />
    </p>
    <section class="next">
      <h3>What to do</h3>
      <p>
        <Prose text={why.next.says} />
      </p>
      {why.next.command === undefined ? undefined : <Command text={why.next.command} />}
    </section>
    {why.chain.length === 0 ? undefined : <Chain chain={why.chain} isCutOff={why.isCutOff} />}
    {why.besides.length === 0 ? undefined : (
      <section>
        <h3>Besides</h3>
        <Steps steps={why.besides} label="Besides" />
      </section>
    )}
    {why.before === undefined ? undefined : <Before before={why.before} />}
    {why.loop === undefined ? undefined : <Loop loop={why.loop} />}
  </>
)

const Chain = ({ chain, isCutOff }: { readonly chain: ReadonlyArray<Step>; readonly isCutOff: boolean }) => (
  <section>
    <h3>What led to it</h3>
    {isCutOff ? <p class="quiet">It began before the first event of this ledger; the root is not here.</p> : undefined}
    <Steps steps={chain} label="From the root on" />
  </section>
)

const Before = ({ before }: { readonly before: NonNullable<WhyView["before"]> }) => (
  <section>
    <h3>Before that</h3>
    <p>
      <GoTo seq={before.seq} />{" "}
      <span class={`cause ${before.cause}`}>
        <Foreign text={before.cause} />
      </span>{" "}
      <Foreign text={before.says} />
    </p>
  </section>
)
