/** How many columns a line may have: those of the terminal, but 80 where that is narrower, or where there is none. */
export const columnsOf = (stream: { readonly isTTY?: boolean; readonly columns?: number }): number =>
  stream.isTTY === true ? Math.max(least, stream.columns ?? least) : least

const least = 80
