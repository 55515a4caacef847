/**
 * MSAL Node with a token in its cache: an application's own, as its documentation has it for services. The first token
 * comes from answers made here in place of a network.
 */
import { ConfidentialClientApplication, type INetworkModule, type NetworkResponse } from "@azure/msal-node"

const tenant = "11111111-1111-1111-1111-111111111111"
const authority = `https://login.microsoftonline.com/${tenant}`

export const msal = async (token: string) => {
  const client = new ConfidentialClientApplication({
    auth: { clientId: "22222222-2222-2222-2222-222222222222", clientSecret: "bench", authority },
    system: { networkClient: answering(token) }
  })
  const acquire = async () =>
    (await client.acquireTokenByClientCredential({ scopes: ["api://bench/.default"] }))?.accessToken
  await acquire()
  return acquire
}

const answering = (token: string): INetworkModule => {
  const discovery = {
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    issuer: `${authority}/v2.0`,
    jwks_uri: `${authority}/discovery/v2.0/keys`
  }
  const granted = { token_type: "Bearer", expires_in: 86_400, access_token: token }
  return {
    sendGetRequestAsync: <T>() => Promise.resolve(answer<T>(discovery)),
    sendPostRequestAsync: <T>() => Promise.resolve(answer<T>(granted))
  }
}

const answer = <T>(body: unknown): NetworkResponse<T> => ({ headers: {}, body: body as T, status: 200 })
