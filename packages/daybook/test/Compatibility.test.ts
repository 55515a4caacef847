/**
 * Holds the page on compatibility to what it says: every scenario of the catalogue stands on it once, every test that it
 * names exists, and it counts right.
 */
import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const page = readFileSync(`${root}/docs/compatibility.md`, "utf8")
const corpus = readFileSync(`${root}/packages/oauth/test/corpus.jsonl`, "utf8")

/** The catalogue's numbers, as closed ranges. */
const catalogue: ReadonlyArray<readonly [from: number, to: number]> = [
  [1, 10],
  [13, 19],
  [21, 63],
  [65, 65],
  [67, 69],
  [71, 73],
  [75, 76],
  [78, 269]
]

const numbers = catalogue.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index))

const verdicts = ["met", "met differently", "out of scope for now", "out of scope"] as const
type Verdict = (typeof verdicts)[number]

interface Named {
  readonly file: string
  readonly title: string
}

interface Scenario {
  readonly number: number
  readonly verdict: Verdict
  /** Behind the verdict. */
  readonly reason: string
  readonly tests: ReadonlyArray<Named>
}

const verdictIn = (cell: string): readonly [Verdict, string] => {
  const verdict = verdicts.find((one) => cell === one || cell.startsWith(`${one}: `))
  return verdict === undefined ? assert.fail(`no verdict: ${cell}`) : [verdict, cell.slice(verdict.length + 2)]
}

const namedIn = (cell: string): ReadonlyArray<Named> =>
  cell === ""
    ? []
    : cell.split("<br>").map((text) => {
        const [, file = "", title = ""] = /^`([^`]+)`: (.+)$/.exec(text) ?? assert.fail(`no test: ${text}`)
        return { file, title }
      })

const scenarios: ReadonlyArray<Scenario> = page
  .split("\n")
  .filter((line) => /^\| \d+ \| /.test(line))
  .map((line) => {
    const [number, what, said, tests, ...more] = line.slice(2, -2).split(" | ")
    if (what === undefined || said === undefined || tests === undefined || more.length > 0) return assert.fail(line)
    const [verdict, reason] = verdictIn(said)
    return { number: Number(number), verdict, reason, tests: namedIn(tests.trim()) }
  })

/** Everything between quotes or backquotes in a file: titles are among it. */
const textsIn = (source: string): ReadonlyArray<string> =>
  Array.from(source.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g), ([, quoted, backquoted]) =>
    (quoted ?? backquoted ?? "").replaceAll('\\"', '"')
  )

const hole = /\$\{[^}]*\}|%[sji]/
const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")

/** A title may be made for each of several cases; then what fills it stands in the file, or is a line of the corpus. */
const makes = (template: string, title: string, source: string): boolean => {
  if (template === title) return true
  const parts = template.split(hole)
  if (parts.length < 2 || parts.join("").trim().length < 5) return false
  const filled = new RegExp(`^${parts.map(escaped).join("(.+?)")}$`).exec(title)?.slice(1)
  return filled?.every((text) => source.includes(text) || corpus.includes(`"id":"${text}"`)) ?? false
}

const isThere = ({ file, title }: Named): boolean => {
  const path = `${root}/packages/${file}`
  if (!existsSync(path)) return false
  const source = readFileSync(path, "utf8")
  const texts = textsIn(source)
  return title.split(" > ").every((part) => texts.some((text) => makes(text, part, source)))
}

describe("the page on compatibility", () => {
  it("has every scenario of the catalogue, once and in order", () => {
    assert.deepStrictEqual(
      scenarios.map(({ number }) => number),
      numbers
    )
  })

  it("names tests that exist", () => {
    const missing = scenarios.flatMap(({ number, tests }) =>
      tests.filter((named) => !isThere(named)).map(({ file, title }) => `${number}: ${file}: ${title}`)
    )
    assert.deepStrictEqual(missing, [])
  })

  it("names a test for everything that is met, and none for what is not", () => {
    const shown = (verdict: Verdict) => verdict === "met" || verdict === "met differently"
    const wrong = scenarios.filter(({ tests, verdict }) => tests.length > 0 !== shown(verdict))
    assert.deepStrictEqual(wrong, [])
  })

  it("gives a reason for everything that is not simply met", () => {
    const silent = scenarios.filter(({ reason, verdict }) => verdict !== "met" && reason === "")
    assert.deepStrictEqual(silent, [])
  })

  it("counts right", () => {
    for (const verdict of verdicts) {
      const count = scenarios.filter((scenario) => scenario.verdict === verdict).length
      assert.include(page, `\n| ${verdict} | ${count} |\n`)
    }
    assert.include(page, `\n| all | ${scenarios.length} |\n`)
  })
})

describe("a test that a page names", () => {
  const file = "daybook/test/Compatibility.test.ts"

  it("is not there if its file, its group or its name is not", () => {
    const title = "the page on compatibility > counts right"
    assert.isTrue(isThere({ file, title }))
    assert.isFalse(isThere({ file: "daybook/test/Incompatibility.test.ts", title }))
    assert.isFalse(isThere({ file, title: title.replace("the page", "no page") }))
    assert.isFalse(isThere({ file, title: title.toUpperCase() }))
  })

  it("is not there if no case of it is", () => {
    const named = (id: string) => ({ file: "oauth/test/Corpus.test.ts", title: `the corpus > ${id} gets its verdict` })
    assert.isTrue(isThere(named("xai-503")))
    assert.isFalse(isThere(named("xai-999")))
  })
})
