/** What this process has open and running, as Linux shows it under /proc. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs"

/** How many descriptors of this process are open on the path. */
export const openOn = (path: string): number =>
  readdirSync("/proc/self/fd").filter((fd) => linkOf(`/proc/self/fd/${fd}`) === path).length

const linkOf = (path: string): string | undefined => {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

/** The child processes of this process that run `flock`. */
export const flockChildren = (): ReadonlyArray<string> =>
  readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && isOurFlock(pid))

const isOurFlock = (pid: string): boolean => {
  try {
    // After the name in brackets come the state and the parent's pid.
    const [, name, parent] = readFileSync(`/proc/${pid}/stat`, "utf8").match(/\((.*)\) \S (\d+)/) ?? []
    return name === "flock" && Number(parent) === process.pid
  } catch {
    return false
  }
}
