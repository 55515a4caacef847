/** One event: what it says, what led to it and what came of it, and its line as it stands in the ledger. */
import type { EventView } from "../../Questions.ts"
import { Copy } from "../Command.tsx"
import { Foreign } from "../Foreign.tsx"
import { usePage } from "../Page.ts"
import { iso, moment } from "../Times.ts"
import { Answered } from "./Answered.tsx"
import { Fields } from "./Fields.tsx"
import { GoTo, Steps } from "./Steps.tsx"

export const EventPanel = () => {
  const { answers } = usePage()
  return (
    <Answered answer={answers.event} nothing={<p class="quiet">Choose an event in the timeline or in the table.</p>}>
      {(event) => <OneEvent event={event} />}
    </Answered>
  )
}

const OneEvent = ({ event: { causes, effects, fields, line, step } }: { readonly event: EventView }) => (
  <>
    <p class="when">
      <GoTo seq={step.seq} />{" "}
      <strong>
        <Foreign text={step.type} />
      </strong>{" "}
      <time dateTime={iso(step.at)}>{moment(step.at)}</time> UTC
    </p>
    <p class="verdict">
      <Foreign text={step.sentence} />
    </p>
    <About actor={step.actor} credential={step.credential} />
    {causes.length < 2 ? undefined : (
      <section>
        <h3>What led to it</h3>
        <Steps steps={causes} label="From the root to this event" />
      </section>
    )}
    {effects.length === 0 ? undefined : (
      <section>
        <h3>What came of it</h3>
        <Steps steps={effects} label="What came of it" />
      </section>
    )}
    <section>
      <h3>Fields</h3>
      <Fields fields={fields} />
    </section>
    <section class="raw">
      <h3>
        Line in the ledger <Copy text={line} what="line" />
      </h3>
      <pre tabIndex={0} aria-label="The line as it stands in the ledger">
        <Foreign text={line} whole />
      </pre>
    </section>
  </>
)

const About = ({ actor, credential }: { readonly actor: string; readonly credential: string | undefined }) => {
  const { store } = usePage()
  const ask = () => {
    if (credential === undefined) return
    store.selected.value = { credential }
    store.tab.value = "why"
  }
  return (
    <p class="quiet">
      written by <Foreign text={actor} />
      {credential === undefined ? undefined : (
        <>
          {", about "}
          <button type="button" class="link" onClick={ask}>
            <Foreign text={credential} />
          </button>
        </>
      )}
    </p>
  )
}
