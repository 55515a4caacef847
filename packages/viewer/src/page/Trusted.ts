/**
 * The one script that the page begins itself: its worker. The page's policy lets no other text become a script, in browsers that
 * have Trusted Types: whatever is asked of ours, it gives the worker. Elsewhere texts go as they are.
 */
import { scriptPolicy } from "../Wire.ts"

/** What such a browser gives in place of texts is taken where they are. */
interface Policy {
  readonly createScript: (asked: string) => string
  readonly createScriptURL: (asked: string) => string
}

const { trustedTypes } = globalThis as {
  readonly trustedTypes?: { readonly createPolicy: (name: string, rules: Policy) => Policy }
}

/** Its address, and its text in a report file. A page may call this once. */
export const trustedWorker = (text: string | undefined) => {
  const rules: Policy = {
    createScript: () => text ?? "",
    createScriptURL: () =>
      text === undefined ? "worker.js" : URL.createObjectURL(new Blob([text], { type: "text/javascript" }))
  }
  const policy = trustedTypes?.createPolicy(scriptPolicy, rules) ?? rules
  return { address: () => policy.createScriptURL(""), text: () => policy.createScript("") }
}
