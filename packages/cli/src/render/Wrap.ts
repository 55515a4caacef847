/** Lines of at most so many columns, broken between words; a longer word has a line of its own. */
export const wrap = (text: string, columns: number): ReadonlyArray<string> =>
  text.split(" ").reduce<Array<string>>((lines, word) => {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
    return lines
  }, [])
