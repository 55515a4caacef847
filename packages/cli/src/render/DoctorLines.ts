/** `daybook doctor`: what was looked at, the troubles last, each with its next step. */
import type { Finding } from "../Finding.ts"
import type { Paint, Tone } from "./Paint.ts"

const tones: Record<Finding["level"], Tone> = { fine: "good", note: "waiting", problem: "bad" }
const order: ReadonlyArray<Finding["level"]> = ["fine", "note", "problem"]

export const doctorLines = (findings: ReadonlyArray<Finding>, paint: Paint): ReadonlyArray<string> => [
  ...findings
    .toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
    .flatMap((finding) => findingLines(finding, paint)),
  summary(findings)
]

const findingLines = ({ about, level, next, says }: Finding, paint: Paint): ReadonlyArray<string> => [
  `${paint(tones[level], level.padEnd("problem".length))}  ${about}: ${says}`,
  ...(next === undefined ? [] : [`         ${paint("faint", `-> ${next}`)}`])
]

const summary = (findings: ReadonlyArray<Finding>): string => {
  const problems = findings.filter(({ level }) => level === "problem").length
  return problems === 0 ? "Nothing is wrong." : `${problems} ${problems === 1 ? "problem" : "problems"}.`
}
