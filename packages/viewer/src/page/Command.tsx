/** A command to run, or a text to take along, with a button that copies it. */
import { useState } from "preact/hooks"
import { Foreign } from "./Foreign.tsx"

export const Command = ({ text }: { readonly text: string }) => (
  <p class="command">
    <code>
      <Foreign text={text} whole />
    </code>
    <Copy text={text} what="command" />
  </p>
)

export const Copy = ({ text, what }: { readonly text: string; readonly what: string }) => {
  const [said, say] = useState("")
  const onClick = () => {
    void copy(text).then((isDone) => {
      say(isDone ? "Copied" : "Not allowed here")
      setTimeout(() => say(""), 2_000)
    })
  }
  return (
    <button type="button" class="copy" aria-label={`Copy the ${what}`} onClick={onClick}>
      <span aria-live="polite">{said === "" ? "Copy" : said}</span>
    </button>
  )
}

/** Browsers give the clipboard to safe pages; a file on disk may not be one, and goes by a field. */
const copy = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyByField(text)
  }
}

const copyByField = (text: string): boolean => {
  const field = document.createElement("textarea")
  const focused = document.activeElement
  field.value = text
  field.className = "unseen"
  document.body.append(field)
  field.select()
  const isDone = document.execCommand("copy")
  field.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return isDone
}
