/**
 * Kimi Code: short access tokens that its own client renews at half of their life. The client names itself and its
 * device in headers; a program that acts for a registered device adds its own `x-msh-device-id`.
 */
import { defineProvider } from "../Provider.ts"

export const kimi = defineProvider({
  id: "kimi",
  name: "Kimi Code",
  tokenEndpoint: "https://auth.kimi.com/api/oauth/token",
  deviceEndpoint: "https://auth.kimi.com/api/oauth/device_authorization",
  clientId: "17e5f671-d194-4dfb-9706-5516cb48c098",
  headers: { "x-msh-platform": "kimi_cli" },
  skewMillis: 3_600_000,
  apiOrigins: ["https://api.kimi.com"],
  variables: { login: "KIMI_API_KEY", key: "KIMI_API_KEY" },
  files: [
    {
      owner: "the Kimi CLI",
      paths: ["~/.kimi/credentials/kimi-code.json", "~/.kimi-code/credentials/kimi-code.json"],
      renew: "run kimi"
    }
  ],
  relogin: "Log in to Kimi Code again: `kimi` and `/login`."
})
