/** What a login shows and says, for people and for programs. Pure. */
import type { Instant } from "@daybook/pool/Instant"
import type { Kept } from "@daybook/refresher/KeepLogin"
import type { Prompt } from "@daybook/refresher/Person"
import { moment } from "@daybook/words/Time"

/** Where each address stands on a line of its own, to be copied. */
export const promptLines = (prompt: Prompt, now: Instant): ReadonlyArray<string> => {
  switch (prompt._tag) {
    case "Browser":
      return [
        "Open this address in a browser on this machine:",
        "",
        `  ${prompt.url}`,
        "",
        `The answer comes here by itself. It is waited for until ${moment(prompt.until, now)}; Ctrl-C ends that.`
      ]
    case "Device":
      return [
        "Open this address in any browser:",
        "",
        `  ${prompt.url}`,
        "",
        "and enter this code there:",
        "",
        `  ${prompt.userCode}`,
        "",
        `The code is good until ${moment(prompt.until, now)}; Ctrl-C ends the wait. Give it to nobody.`
      ]
    case "Paste":
      return [
        "Open this address in any browser:",
        "",
        `  ${prompt.url}`,
        "",
        "When you have logged in, the browser shows a code, or an error at an address of its own machine.",
        `It is waited for until ${moment(prompt.until, now)}; Ctrl-C ends that.`,
        "Paste that code, or the whole address, and press Enter:"
      ]
    case "Ignored":
      return ["An answer to another login came by. It was ignored."]
    case "NotAnAnswer":
      return ["There is no code in that. Paste the whole address, or the code:"]
  }
}

export const loginSentence = ({ credential, label, provider, renewed, store }: Kept): string => {
  const name = label === undefined ? credential : `${credential} (${label})`
  const place = store.path ?? store.slot
  return `${name} is logged in to ${provider}${renewed ? " again" : ""}. Its tokens are in ${place}.`
}
