/** The table of mounts as Linux shows it in `/proc/self/mountinfo`, see proc_pid_mountinfo(5). */

interface Mount {
  readonly point: string
  readonly type: string
}

/** The type of the mount that the path lies on; the path must have no symbolic links. */
export const mountedType = (mountInfo: string, path: string): string | undefined =>
  mountInfo
    .split("\n")
    .map(parse)
    .filter(({ point }) => isBelow(path, point))
    .reduce<Mount | undefined>(innermost, undefined)?.type

/** Of two mounts at one point the later hides the earlier. */
const innermost = (found: Mount | undefined, next: Mount): Mount =>
  found && found.point.length > next.point.length ? found : next

/** Between the mount point and the lone `-` before the type stands any number of fields. */
const parse = (line: string): Mount => {
  const [mount = "", device = ""] = line.split(" - ")
  return { point: unescape(mount.split(" ")[4] ?? ""), type: device.split(" ")[0] ?? "" }
}

/** Spaces, tabs, newlines and backslashes are written as `\` and three octal digits. */
const unescape = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)))

const isBelow = (path: string, point: string): boolean =>
  path === point || point === "/" || (point !== "" && path.startsWith(`${point}/`))
