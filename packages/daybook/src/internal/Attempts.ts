/** How often a call may be sent. */

/**
 * Answers what it was given.
 * @throws RangeError
 */
export const withAttempts = <A extends { readonly maxAttempts?: number | undefined }>(options: A): A => {
  const { maxAttempts } = options
  if (maxAttempts === undefined || (Number.isInteger(maxAttempts) && maxAttempts > 0)) return options
  throw new RangeError(
    `maxAttempts is ${String(maxAttempts)}. Give a whole number, 1 or more: how many requests may be sent for one call.`
  )
}
