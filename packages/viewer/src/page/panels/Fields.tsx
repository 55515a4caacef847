/** Names and values, in two columns. */
import type { Field } from "../../Questions.ts"
import { Foreign } from "../Foreign.tsx"

export const Fields = ({ fields }: { readonly fields: ReadonlyArray<Field> }) => (
  <dl class="fields">
    {fields.map(({ text, title }, place) => (
      <div key={place}>
        <dt>
          <Foreign text={title} />
        </dt>
        <dd>
          <Foreign text={text} />
        </dd>
      </div>
    ))}
  </dl>
)
