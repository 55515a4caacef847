/** Whom a loop concerns, and what would stop it. */
import { defaultProviders } from "@daybook/oauth/Providers"
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import type { Loop } from "@daybook/pool/queries/Loops"
import { remedyOfLoop } from "@daybook/refresher/LoopRemedy"
import { HashMap } from "effect"

/** The one it names, else one that has its grant. */
export const credentialIn = ({ credential, grant }: Loop, { credentials }: PoolState): Credential | undefined => {
  const all = Array.from(HashMap.values(credentials))
  return all.find(({ id }) => id === credential) ?? all.find((one) => one.grant === grant)
}

/** What a person does about it. */
export const remedyFor = (loop: Loop, credential: Credential): string =>
  remedyOfLoop(
    defaultProviders.find(({ id }) => id === credential.provider),
    credential,
    loop
  )
