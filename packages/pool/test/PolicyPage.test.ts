/**
 * The page of the policy lists every field, with the values that the code has.
 */
import { hermes } from "@daybook/pool/HermesPolicy"
import { defaults, Policy } from "@daybook/pool/Policy"
import { assert, it } from "@effect/vitest"
import { readFileSync } from "node:fs"

const page = readFileSync(new URL("../../../docs/policy.md", import.meta.url), "utf8")

/** The cells of every table row whose first cell is a name in backquotes, by that name. */
const rows = new Map(
  Array.from(page.matchAll(/^\| `(\w+)` \| (.*) \|$/gm), ([, name = "", cells = ""]) => [name, cells.split(" | ")])
)

const units = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"]
] as const

const time = (millis: number): string => {
  if (millis === 0) return "0"
  if (millis === Number.MAX_SAFE_INTEGER) return "no limit"
  const [length, unit] = units.find(([length, unit]) => millis % length === 0 && (unit !== "d" || millis > length)) ?? [
    1,
    "ms"
  ]
  return `${millis / length} ${unit}`
}

const counts = new Set(["strikes", "leaseMost"])

const shown = (name: string, value: unknown): string => {
  if (typeof value === "number") return counts.has(name) ? `${value}` : time(value)
  if (typeof value === "boolean") return value ? "yes" : "no"
  if (typeof value === "string") return `\`${value}\``
  if (value === undefined) return "not counted"
  if (Array.isArray(value)) {
    if (value.length === 0) return "none"
    return value.every((item) => typeof item === "number") ? value.map(time).join(", ") : "see below"
  }
  const { first, most } = value as { readonly first?: number; readonly most?: number }
  return first === undefined || most === undefined ? "see below" : `${time(first)} to ${time(most)}`
}

it("the page of the policy has a row for every field, with its default and what hermes has", () => {
  for (const name of Object.keys(Policy.fields) as ReadonlyArray<keyof Policy>) {
    assert.deepStrictEqual(
      rows.get(name)?.slice(1),
      [shown(name, defaults[name]), shown(name, hermes[name])],
      `docs/policy.md: ${name}`
    )
  }
})

it("the page of the policy has a row for every verdict that benches", () => {
  for (const name of Object.keys(defaults.cooldown) as ReadonlyArray<keyof Policy["cooldown"]>) {
    assert.deepStrictEqual(rows.get(name), [time(defaults.cooldown[name]), time(hermes.cooldown[name])])
  }
})

it("the page of the policy lists what ends a login at once under hermes' rules", () => {
  for (const { provider, statuses, uncoded } of hermes.terminal) {
    const said = `| \`${provider}\` | ${statuses.join(" or ")}${uncoded ? " that names no error" : ", whatever it says"} |`
    assert.include(page, said)
  }
})
