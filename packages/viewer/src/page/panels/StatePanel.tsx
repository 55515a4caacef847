/** The whole pool at the cursor, by provider; what is known of the chosen credential. */
import type { CredentialView, StateView } from "../../Questions.ts"
import { nameOf } from "../../timeline/Picture.ts"
import { Foreign, ForeignLine } from "../Foreign.tsx"
import { usePage } from "../Page.ts"
import { moment } from "../Times.ts"
import { Begin } from "../Whole.tsx"
import { Word } from "../Word.tsx"
import { Absent } from "./Absent.tsx"
import { Answered } from "./Answered.tsx"
import { Fields } from "./Fields.tsx"

export const StatePanel = () => {
  const { answers } = usePage()
  return (
    <Answered answer={answers.state} nothing={<p class="quiet">There is no event to look at yet.</p>}>
      {(state) => <State state={state} />}
    </Answered>
  )
}

const State = ({ state }: { readonly state: StateView }) => {
  const providers = [...new Set(state.credentials.map(({ provider }) => provider))]
  return (
    <>
      <p class="quiet">
        The pool behind event {state.at.seq}, looked at {moment(state.at.now)} UTC
        {state.unknown === 0 ? "" : `; ${state.unknown} events before it could not be understood`}.
      </p>
      {providers.length === 0 ? <NoCredential /> : undefined}
      {providers.map((provider) => (
        <section key={provider} class="provider">
          <h3>
            <Foreign text={provider} />
          </h3>
          <ul>
            {state.credentials
              .filter((one) => one.provider === provider)
              .map((credential) => (
                <Credential key={credential.id} credential={credential} />
              ))}
          </ul>
        </section>
      ))}
      <Absent seq={state.at.seq} members={new Set(state.credentials.map(({ id }) => id))} />
    </>
  )
}

/** Behind the cursor there may be some. */
const NoCredential = () => {
  const { store } = usePage()
  return (
    <>
      <p>No credential has been enrolled up to the cursor.</p>
      {store.cursor.value === undefined ? <Begin /> : undefined}
    </>
  )
}

const Credential = ({ credential }: { readonly credential: CredentialView }) => {
  const { answers, store } = usePage()
  const { axes, id, label, note, word } = credential
  const isChosen = answers.credential.value === id
  const choose = () => (store.selected.value = isChosen ? undefined : { credential: id })
  return (
    <li class="credential">
      <button type="button" class="row" aria-expanded={isChosen} onClick={choose}>
        <Word word={word} />
        <span class="name">
          <ForeignLine text={nameOf({ credential: id, label })} />
        </span>
        {note === undefined ? undefined : (
          <span class="note">
            <ForeignLine text={note} />
          </span>
        )}
      </button>
      {isChosen ? (
        <div class="axes">
          <Fields fields={label === undefined ? axes : [{ title: "id", text: id }, ...axes]} />
          <button type="button" onClick={() => (store.tab.value = "why")}>
            Why is it so?
          </button>
        </div>
      ) : undefined}
    </li>
  )
}
