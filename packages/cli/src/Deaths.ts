/** Logins that died while a command ran: each said once, on stderr, unless the command's own error says it. */
import * as Output from "./Output.ts"

const kept: Array<string> = []

/** To be said later. */
export const keep = (line: string): void => {
  kept.push(line)
}

/** At the end of the command, whose pool is closed. */
export const sayBeside = (said: string): void => {
  for (const line of kept.splice(0)) if (!said.includes(line)) Output.sayOnce(line)
}
