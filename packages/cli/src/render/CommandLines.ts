/** A command for a shell; one that is too long for 80 columns names its ledger in a line of its own. */
const columns = 80

export const commandLines = (command: string, indent: string): ReadonlyArray<string> => {
  const [first = "", ledger] = command.split(/ (?=--(?:ledger|home) )/)
  return ledger === undefined || indent.length + command.length <= columns
    ? [`${indent}${command}`]
    : [`${indent}${first} \\`, `${indent}  ${ledger}`]
}
