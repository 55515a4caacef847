/** MiniMax: refusals come under HTTP 200, in `base_resp`, and the end of a token is an instant in milliseconds. */
import { defineProvider } from "../Provider.ts"
import type { Rule } from "../Rule.ts"

const source = "answers of api.minimax.io: code and words stand in base_resp, under HTTP 200"

const dead = (name: string, reason: "Reused" | "Revoked", words: ReadonlyArray<string>): Rule => ({
  id: `minimax-oauth/${name}`,
  version: 1,
  surface: "token",
  when: { codes: ["1004"], words },
  verdict: "Terminal",
  reason,
  confirm: true,
  source
})

export const minimaxOAuth = defineProvider({
  id: "minimax-oauth",
  name: "MiniMax",
  tokenEndpoint: "https://api.minimax.io/oauth/token",
  clientId: "78257093-7e40-4613-99e0-527b14b39113",
  skewMillis: 60_000,
  answer: { expires: "expired_in" },
  apiOrigins: ["https://api.minimax.io"],
  variables: { login: "MINIMAX_API_KEY", key: "MINIMAX_API_KEY" },
  rules: [
    dead("reused", "Reused", ["refresh_token_reused"]),
    dead("revoked", "Revoked", ["invalid_grant", "invalid_refresh_token"])
  ],
  relogin: "Log in to MiniMax again: `hermes auth add minimax-oauth`."
})
