/** How a first login comes into a pool. */
export const begin = "`daybook login PROVIDER` or `daybook enrol`"
