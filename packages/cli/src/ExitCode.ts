/** How the command ends, as a number: for scripts. */

export const exitCodes = {
  done: 0,
  error: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** No credential has a token to give. */
  nothingAvailable: 3,
  /** A ledger is not what its writers wrote, or an answer is judged otherwise than was expected. */
  verificationFailed: 4,
  /** The two that shells have for a command that they were to run. */
  commandNotRun: 126,
  commandNotFound: 127
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
