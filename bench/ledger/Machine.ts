/**
 * What must be known of a machine before its figures are believed.
 */
import { statfsSync } from "node:fs"
import { loadavg } from "node:os"

const tmpfs = 0x01021994

/** Warnings, if there is anything to warn of. */
export const doubts = (folder: string): ReadonlyArray<string> => {
  const load = loadavg()[0] ?? 0
  return [
    ...(statfsSync(folder).type === tmpfs
      ? [`${folder} is in memory, where a sync costs nothing. Set TMPDIR to a folder on a disk.`]
      : []),
    ...(load > 0.5 ? [`Other programs keep this machine busy (load ${load.toFixed(1)}). Figures will be worse.`] : [])
  ]
}
