/**
 * Reads a ledger for an audit: which refresh tokens were sent, when, and what came of each.
 *
 *   node examples/read-the-story.ts [HOME]
 */
import { history, type Recorded } from "daybook"

const sentence = (event: Recorded): string | undefined => {
  switch (event.type) {
    case "RefreshStarted":
      return `${event.data.generation.refresh} is sent (${event.data.trigger})`
    case "RefreshSucceeded":
      return `it became ${event.data.next.refresh}`
    case "RefreshFailed":
      return `it was refused: ${event.data.evidence.code ?? event.data.evidence.fault ?? event.data.evidence.status}`
    case "OutcomeLost":
      return "its answer is lost"
    case "CredentialQuarantined":
      return `it is dead: ${event.data.reason}`
    default:
      return undefined
  }
}

const home = process.argv[2]
for await (const event of history(home === undefined ? {} : { home })) {
  const text = sentence(event)
  if (text !== undefined) console.log(`${new Date(event.at).toISOString()} ${text}`)
}
