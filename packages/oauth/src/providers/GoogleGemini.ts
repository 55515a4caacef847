/**
 * Google, the login of the Gemini CLI: refresh tokens that do not rotate, and a client secret that the vendor ships
 * with its client. It is not repeated here: a program hands it in, or the environment does.
 */
import { defineProvider } from "../Provider.ts"

/** Six months, says Google's page on OAuth 2.0. */
const idleMillis = 183 * 86_400_000

export const googleGemini = defineProvider({
  id: "google-gemini",
  name: "Google Gemini",
  tokenEndpoint: "https://oauth2.googleapis.com/token",
  revocationEndpoint: "https://oauth2.googleapis.com/revoke",
  clientId: "681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j.apps.googleusercontent.com",
  clientAuthentication: "client_secret_post",
  rotation: "never",
  idleMillis,
  identity: { subject: [["id", "sub"]], email: [["id", "email"]] },
  apiOrigins: ["https://cloudcode-pa.googleapis.com", "https://generativelanguage.googleapis.com"],
  keyHeader: "x-goog-api-key",
  variables: { key: "GEMINI_API_KEY" },
  files: [
    {
      owner: "the Gemini CLI",
      paths: ["~/.gemini/oauth_creds.json"],
      members: {
        access: "access_token",
        refresh: "refresh_token",
        idToken: "id_token",
        expiresAt: "expiry_date"
      },
      renew: "run gemini"
    }
  ],
  rules: [
    {
      id: "google-gemini/daily-quota",
      version: 1,
      surface: "api",
      when: { status: [429], words: ["daily quota"] },
      verdict: "QuotaExhausted",
      source: "answers of cloudcode-pa.googleapis.com once the quota of a day is used up"
    }
  ],
  relogin: "Log in to Google again: `gemini` and `/auth`."
})
