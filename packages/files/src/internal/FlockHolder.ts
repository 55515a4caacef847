/** Who holds a `flock(2)` lock, as far as Linux tells: `/proc/locks` gives the pid that asked for it. */
import { readFileSync, statSync } from "node:fs"

/** For instance `python3 (pid 4711)`; nothing when the kernel does not say or the process is gone. */
export const flockHolder = (path: string): string | undefined => {
  try {
    const pid = holderPid(readFileSync("/proc/locks", "utf8"), statSync(path, { bigint: true }))
    return pid === undefined ? undefined : `${programName(pid)} (pid ${pid})`
  } catch {
    return undefined
  }
}

/** A line reads `1: FLOCK  ADVISORY  WRITE 4711 08:01:1234 0 EOF`: the fields after the pid are device and inode. */
const holderPid = (locks: string, file: { readonly dev: bigint; readonly ino: bigint }): string | undefined => {
  const place = `${deviceName(file.dev)}:${file.ino}`
  return locks
    .split("\n")
    .map((line) => line.split(/\s+/))
    .find((fields) => fields[1] === "FLOCK" && fields[5] === place)?.[4]
}

/** `dev_t` of Linux: the major number in bits 8 to 19, the minor in bits 0 to 7 and 20 to 31. */
const deviceName = (dev: bigint): string =>
  [(dev >> 8n) & 0xfffn, (dev & 0xffn) | ((dev >> 12n) & 0xfff00n)].map(hex).join(":")

const hex = (part: bigint): string => part.toString(16).padStart(2, "0")

const programName = (pid: string): string => readFileSync(`/proc/${pid}/comm`, "utf8").trim()
