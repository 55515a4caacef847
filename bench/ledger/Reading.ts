/** What a process found that read a whole ledger and did nothing else. */
export interface Reading {
  readonly events: number
  readonly seconds: number
  /** The most memory the process ever held, in megabytes. */
  readonly peak: number
}

/** `read` answers how many events it read. */
export const timed = async (read: () => number | Promise<number>): Promise<Reading> => {
  const begun = performance.now()
  const events = await read()
  const seconds = (performance.now() - begun) / 1_000
  return { events, seconds, peak: process.resourceUsage().maxRSS / 1_024 }
}

/** Several readings as one. */
export const total = (readings: ReadonlyArray<Reading>): Reading => ({
  events: readings.reduce((all, { events }) => all + events, 0),
  seconds: readings.reduce((all, { seconds }) => all + seconds, 0),
  peak: Math.max(...readings.map(({ peak }) => peak))
})

export const perSecond = ({ events, seconds }: Reading): number => events / seconds
