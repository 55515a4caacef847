/** Which credential the panel is about; any other can be chosen. */
import { nameOf } from "../../timeline/Picture.ts"
import { usePage } from "../Page.ts"
import { visible } from "../visible.ts"

export const ChooseCredential = () => {
  const { answers, store } = usePage()
  const { lanes, legend } = store.picture.value
  const all = lanes.map((place) => legend.lanes[place]).filter((lane) => lane !== undefined)
  const onChange = ({ currentTarget: { value } }: { readonly currentTarget: HTMLSelectElement }) => {
    store.selected.value = value === "" ? undefined : { credential: value }
  }
  return (
    <label class="choose">
      <span>Credential</span>
      <select value={answers.credential.value ?? ""} onChange={onChange}>
        <option value="">none chosen</option>
        {all.map((lane) => (
          <option key={lane.credential} value={lane.credential}>
            {visible(`${nameOf(lane)} (${lane.provider})`).slice(0, 120)}
          </option>
        ))}
      </select>
    </label>
  )
}
