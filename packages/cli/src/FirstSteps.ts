/** How a first login comes into a pool. */
export const beginWith = (provider: string): string => `\`daybook login ${provider}\` or \`daybook enrol\``

export const begin = beginWith("PROVIDER")
