/** google-auth-library with a token that is good for a day, as it is after a first refresh. Nothing is asked. */
import { OAuth2Client } from "google-auth-library"

export const googleAuth = (token: string) => {
  const client = new OAuth2Client({ clientId: "bench", clientSecret: "bench" })
  client.setCredentials({ access_token: token, refresh_token: "never-sent", expiry_date: Date.now() + 86_400_000 })
  return async (): Promise<string | null | undefined> => (await client.getAccessToken()).token
}
