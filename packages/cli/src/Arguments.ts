/** The command line as `effect/cli` can take it. */

/** An age such as `-5m` looks like a cluster of flags; it is said in words instead. What follows `--` is somebody else's. */
export const readable = (args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const end = args.includes("--") ? args.indexOf("--") : args.length
  return args.map((arg, place) => (place < end ? arg.replace(age, "$1 ago") : arg))
}

const age = /^-(\d+(?:\.\d+)?(?:ms|s|m|h|d))$/
