/** A policy of one's own: a file, or a text to paste. It does not leave the page. */
import { useState } from "preact/hooks"
import { usePage } from "../Page.ts"

export const OwnPolicy = () => {
  const { policy } = usePage().store
  const chosen = policy.value
  const [text, setText] = useState(chosen !== undefined && "text" in chosen ? chosen.text : "")
  const take = (text: string) => {
    setText(text)
    if (text.trim() !== "") policy.value = { name: "own", text }
  }
  const read = async (file: File | undefined) => {
    if (file !== undefined) take(await file.text())
  }
  return (
    <details open={chosen?.name === "own"}>
      <summary>a policy file of your own{chosen?.name === "own" ? " (chosen)" : ""}</summary>
      <label>
        File{" "}
        <input
          type="file"
          accept=".json,application/json"
          onChange={({ currentTarget }) => void read(currentTarget.files?.[0])}
        />
      </label>
      <label>
        or its text
        <textarea
          rows={6}
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <button type="button" disabled={text.trim() === ""} onClick={() => take(text)}>
        Decide under this text
      </button>
    </details>
  )
}
