/** People who log in: at the sandbox's pages, with a browser that follows every redirect. */
import type { Person, Prompt } from "@daybook/refresher/Person"
import type { Controls } from "@daybook/sandbox/Controls"
import { Effect } from "effect"

export interface Watched extends Person {
  /** What was shown so far. */
  readonly shown: ReadonlyArray<Prompt>
}

const open = (url: string) => Effect.promise(async () => (await fetch(url)).text())

/** Opens what is shown, or enters the code; what the page does is for the sandbox's policy to say. */
export const obliging = (sandbox: Controls, decision: "approve" | "deny" = "approve"): Watched => {
  const shown: Array<Prompt> = []
  return {
    shown,
    show: (prompt) => {
      shown.push(prompt)
      if (prompt._tag === "Browser") return Effect.asVoid(Effect.forkDetach(open(prompt.url)))
      return prompt._tag === "Device"
        ? Effect.orDie(sandbox.decide({ userCode: prompt.userCode, decision }))
        : Effect.void
    },
    paste: Effect.succeed(undefined)
  }
}

/** Opens what is shown on a machine where nobody listens, and pastes what the browser's address line has then. */
export const pasting = (before: ReadonlyArray<string> = []): Watched => {
  const shown: Array<Prompt> = []
  const first = [...before]
  const sentTo = async () => {
    const prompt = shown.find(({ _tag }) => _tag === "Paste")
    if (prompt?._tag !== "Paste") throw new Error("nothing was shown to paste for")
    const { headers } = await fetch(prompt.url, { redirect: "manual" })
    return headers.get("location") ?? ""
  }
  return {
    shown,
    show: (prompt) => Effect.sync(() => void shown.push(prompt)),
    paste: Effect.suspend(() => {
      const text = first.shift()
      return text === undefined ? Effect.promise(sentTo) : Effect.succeed(text)
    })
  }
}

/** Looks at what is shown and does nothing. */
export const idle: Person = { show: () => Effect.void, paste: Effect.never }
