/** `daybook corpus`: how many recorded answers get the verdict they must, and which do not. */
import type { CheckedFile } from "../CheckCorpus.ts"
import type { Paint } from "./Paint.ts"

export const corpusLines = (files: ReadonlyArray<CheckedFile>, paint: Paint): ReadonlyArray<string> =>
  files.flatMap((file) => [
    ...file.wrong.flatMap(({ line, mismatches, row, rule }) => [
      `${file.path}, line ${line}: ${paint("strong", row.id)} (${row.provider}, ${row.surface}), ${rule === undefined ? "taken as a success" : `rule ${rule}`}`,
      ...mismatches.map(
        ({ expected, field, got }) =>
          `  ${field.padEnd("successor".length)}  expected ${expected ?? "none"}, got ${paint("bad", got ?? "none")}`
      )
    ]),
    `${file.path}: ${summary(file, paint)}`
  ])

const summary = ({ rows, wrong }: CheckedFile, paint: Paint): string => {
  const right = `${rows - wrong.length} of ${rows} right`
  return paint(wrong.length === 0 ? "good" : "bad", right)
}

/** For stderr: lines that are no recorded answer. */
export const unusableLines = (files: ReadonlyArray<CheckedFile>): ReadonlyArray<string> =>
  files.flatMap(({ path, unusable }) =>
    unusable.map(({ line, why }) => `${path}, line ${line}: ${why}. Mend the line, or take it out.`)
  )
