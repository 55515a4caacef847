/**
 * Rates, taken by doing a thing for a while. What counts is the ratio of two rates of one run.
 */

/** Times a second, after a short warm-up. */
export const rate = async (millis: number, act: () => unknown): Promise<number> => {
  await repeat(millis / 5, act)
  const begun = performance.now()
  const times = await repeat(millis, act)
  return (times * 1_000) / (performance.now() - begun)
}

const repeat = async (millis: number, act: () => unknown): Promise<number> => {
  const end = performance.now() + millis
  let times = 0
  while (performance.now() < end) {
    const done = act()
    if (done instanceof Promise) await done
    times += 1
  }
  return times
}

export const table = (rows: ReadonlyArray<readonly [what: string, perSecond: number, beside: string]>): string =>
  rows
    .map(
      ([what, perSecond, beside]) => `${what.padEnd(44)} ${Math.round(perSecond).toString().padStart(10)} /s  ${beside}`
    )
    .join("\n")
