/** What the transport says of an answer that did not come, or that ended in the middle. */

/** Its own code, however deep it was wrapped; none for a misuse of `fetch` or an abort by the caller. */
export const faultIn = (error: unknown): string | undefined => {
  for (let cause = error, depth = 0; typeof cause === "object" && cause !== null && depth < 8; depth += 1) {
    if ("code" in cause && typeof cause.code === "string") return cause.code
    cause = "cause" in cause ? cause.cause : undefined
  }
  return undefined
}

/** Whether the request may have reached the provider: not if there was never a connection. */
export const mayHaveLeft = (fault: string): boolean => !unconnected.test(fault)

const unconnected = /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|\w*CERT\w*)$/
