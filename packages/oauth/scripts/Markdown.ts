/** Pieces of a page in Markdown. */

export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const [head = [], ...body] = rows
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n")
}

const line = (cells: ReadonlyArray<string>): string => `| ${cells.map(cell).join(" | ")} |`

const cell = (text: string): string => text.replaceAll("|", "\\|")

export const code = (text: string): string => `\`${text}\``
