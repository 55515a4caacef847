/** Logins that died while a command ran: each said once, on stderr, unless the command's own error says it. */
import { lineOf, type Notice } from "@daybook/refresher/PoolNotice"
import * as Output from "./Output.ts"

const kept: Array<string> = []

/** For a pool's `onEvent`. */
export const keep = (_event: unknown, notice?: Notice): void => {
  if (notice !== undefined) kept.push(lineOf(notice))
}

/** At the end of the command, whose pool is closed. */
export const sayBeside = (said: string): void => {
  for (const line of kept.splice(0)) if (!said.includes(line)) Output.sayOnce(line)
}
