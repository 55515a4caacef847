/** A command for a shell, on lines that a narrow terminal shows whole: pasted together they are the one command. */
const columns = 80

export const commandLines = (command: string, indent: string): ReadonlyArray<string> => {
  if (indent.length + command.length <= columns) return [`${indent}${command}`]
  const [first = "", last = ""] = command.split(/ (?=--(?:ledger|home) )/)
  return [`${indent}${first} \\`, `${indent}  ${last}`]
}
