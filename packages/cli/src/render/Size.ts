/** Bytes for people: `512 bytes`, `1.5 kB`, `130.1 MB`. */

const units = [
  { name: "GB", bytes: 1e9 },
  { name: "MB", bytes: 1e6 },
  { name: "kB", bytes: 1e3 }
]

export const size = (bytes: number): string => {
  const unit = units.find((unit) => bytes >= unit.bytes)
  return unit === undefined ? `${bytes} bytes` : `${(bytes / unit.bytes).toFixed(1)} ${unit.name}`
}
