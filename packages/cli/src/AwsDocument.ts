/** What an AWS SDK reads from a `credential_process`. */
import { format } from "@daybook/pool/Instant"
import { Redacted } from "effect"
import type { Served } from "./handover/Task.ts"

export interface AwsDocument {
  readonly Version: 1
  readonly AccessKeyId: string
  readonly SecretAccessKey: string
  readonly SessionToken?: string
  /** Without it an SDK asks once and never again. */
  readonly Expiration?: string
}

/**
 * A key of the form `ID:SECRET` or `ID:SECRET:SESSION` is AWS's own. Any other token is no key to sign with: it is handed
 * over as it is, to programs that borrow this protocol.
 */
export const awsDocument = ({ credential, expiresAt, kind, tokens }: Served): AwsDocument => {
  const token = Redacted.value(tokens.access)
  const parts = kind === "apiKey" ? awsKey.exec(token)?.groups : undefined
  return {
    Version: 1,
    AccessKeyId: parts?.["id"] ?? credential,
    SecretAccessKey: parts?.["secret"] ?? token,
    ...sessionToken(parts === undefined ? token : parts["session"]),
    ...(expiresAt === undefined ? {} : { Expiration: format(expiresAt) })
  }
}

/** None of AWS's own has a colon in it. */
const awsKey = /^(?<id>[^:\s]+):(?<secret>[^:\s]+)(?::(?<session>[^:\s]+))?$/

const sessionToken = (session: string | undefined) => (session === undefined ? {} : { SessionToken: session })
