/** Whether an event is wanted, by what stands on its line. */
import type { Recorded } from "@daybook/pool/Recorded"
import type { Wanted } from "../Ledger.ts"

export const isWanted = (event: Recorded, { names = [], types }: Wanted): boolean => {
  if (types !== undefined && !types.has(event.type === "Unknown" ? event.data.type : event.type)) return false
  const text = names.length === 0 ? "" : JSON.stringify(event)
  return names.length === 0 || names.some((name) => text.includes(name))
}
