/** Words of a POSIX shell. */

/** One word whatever is in it: between single quotes nothing has a meaning (POSIX.1-2024, Shell Command Language 2.2.2). */
export const inShell = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** The same, in quotes only if it must be. */
export const shellWord = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : inShell(text))
