/** What another policy would have done with the same history. */
import type { PolicyChoice, Requests, WhatIfView } from "../../Questions.ts"
import { type Preset, presets } from "../Address.ts"
import { Foreign } from "../Foreign.tsx"
import { usePage } from "../Page.ts"
import { iso, moment } from "../Times.ts"
import { Answered } from "./Answered.tsx"
import { OwnPolicy } from "./OwnPolicy.tsx"
import { GoTo } from "./Steps.tsx"

const names: { readonly [preset in Preset]: string } = {
  default: "Daybook's own",
  hermes: "as hermes decides",
  olderHermes: "as an older hermes decided"
}

export const WhatIfPanel = () => {
  const { answers, store } = usePage()
  return (
    <>
      <Choice />
      <Answered
        answer={answers.whatIf}
        nothing={
          <p class="quiet">
            Choose a policy. Every decision up to the cursor is made again under it; those that come out otherwise are
            listed here and marked in the timeline. Nothing is sent, and nothing is written.
          </p>
        }
      >
        {(result) => (store.policy.value === undefined ? undefined : <Result result={result} />)}
      </Answered>
    </>
  )
}

const Choice = () => {
  const { policy } = usePage().store
  const choose = (choice: PolicyChoice | undefined) => () => (policy.value = choice)
  return (
    <fieldset class="policies">
      <legend>Policy</legend>
      <Radio name="none" says="as it was" isChosen={policy.value === undefined} onChoose={choose(undefined)} />
      {presets.map((name) => (
        <Radio
          key={name}
          name={name}
          says={names[name]}
          isChosen={policy.value?.name === name}
          onChoose={choose({ name })}
        />
      ))}
      <OwnPolicy />
    </fieldset>
  )
}

interface RadioProps {
  readonly name: string
  readonly says: string
  readonly isChosen: boolean
  readonly onChoose: () => void
}

const Radio = ({ isChosen, name, onChoose, says }: RadioProps) => (
  <p>
    <label>
      <input type="radio" name="policy" checked={isChosen} onChange={onChoose} /> {name}
    </label>{" "}
    <span class="quiet">{says}</span>
  </p>
)

const Result = ({ result }: { readonly result: WhatIfView }) => (
  <>
    <table class="requests">
      <thead>
        <tr>
          <th scope="col">Requests</th>
          <th scope="col">recorded</th>
          <th scope="col">still made</th>
          <th scope="col">saved</th>
          <th scope="col">unknown</th>
        </tr>
      </thead>
      <tbody>
        <RequestsRow name="with a dead login" count={result.dead} />
        <RequestsRow name="refreshes" count={result.refreshes} />
        <RequestsRow name="calls that were refused" count={result.refusedCalls} />
        <RequestsRow name="calls that were accepted" count={result.acceptedCalls} />
      </tbody>
    </table>
    {result.says.map((sentence) => (
      <p key={sentence}>
        <Foreign text={sentence} />
      </p>
    ))}
    <h3>{heading(result)}</h3>
    <ol class="steps">
      {result.changes.map((change, place) => (
        <Changed key={place} change={change} />
      ))}
    </ol>
  </>
)

const RequestsRow = ({ count, name }: { readonly name: string; readonly count: Requests }) => (
  <tr>
    <th scope="row">{name}</th>
    <td>{count.recorded}</td>
    <td>{count.stillMade}</td>
    <td>{count.saved}</td>
    <td>{count.unknown}</td>
  </tr>
)

const heading = ({ changed, changes, unmade }: WhatIfView): string => {
  if (changed === 0) return "No decision comes out otherwise"
  const count = changed === 1 ? "One decision comes" : `${changed.toLocaleString("en")} decisions come`
  const others =
    unmade === 0 ? "" : `, ${unmade.toLocaleString("en")} would not be made for want of what they follow from`
  return `${count} out otherwise${others}${changes.length < changed ? `; the first ${changes.length}:` : ""}`
}

const Changed = ({ change }: { readonly change: WhatIfView["changes"][number] }) => (
  <li>
    <p class="when">
      <GoTo seq={change.seq} /> <time dateTime={iso(change.at)}>{moment(change.at)}</time>{" "}
      {change.credential === undefined ? undefined : <Foreign text={change.credential} />}
    </p>
    <p class="was">
      <span class="sign">recorded</span> <Foreign text={change.recorded} />
    </p>
    <p class="is">
      <span class="sign">otherwise</span> <Foreign text={change.otherwise} />
    </p>
    {change.because === undefined ? undefined : (
      <p class="quiet">
        <Foreign text={change.because} />
      </p>
    )}
  </li>
)
