/**
 * GitHub Copilot: a GitHub token, which does not rotate, is exchanged for a Copilot token of half an hour. The exchange
 * spends nothing; when the GitHub token is revoked, the login is dead.
 */
import { defineProvider } from "../Provider.ts"
import type { Rule } from "../Rule.ts"

const source = "answers of api.github.com to the exchange"

const rules: ReadonlyArray<Rule> = [
  {
    id: "copilot/bad-credentials",
    version: 1,
    surface: "token",
    when: { status: [401], words: ["bad credentials"] },
    verdict: "Terminal",
    reason: "Revoked",
    confirm: true,
    source
  },
  {
    id: "copilot/rate-limited",
    version: 1,
    surface: "token",
    when: { status: [403, 429], words: ["rate limit"] },
    verdict: "Transient",
    reason: "RateLimited",
    source: "GitHub's REST API answers 403 for its rate limits too"
  },
  {
    id: "copilot/not-entitled",
    version: 1,
    surface: "token",
    when: { status: [403, 404], body: ["json"] },
    verdict: "Transient",
    reason: "Denied",
    source: `${source}: no Copilot plan, or a token without the right to it`
  }
]

/** A year, says GitHub's page on the expiration of tokens. */
const idleMillis = 365 * 86_400_000

export const copilot = defineProvider({
  id: "copilot",
  name: "GitHub Copilot",
  tokenEndpoint: "https://api.github.com/copilot_internal/v2/token",
  deviceEndpoint: "https://github.com/login/device/code",
  grantType: "exchange",
  refreshTokenIn: { header: "authorization", scheme: "token" },
  clientId: "Iv1.b507a08c87ecfe98",
  headers: { "editor-version": "vscode/1.104.1", "editor-plugin-version": "copilot-chat/0.26.7" },
  rotation: "never",
  idleMillis,
  answer: { access: "token", expires: "expires_at", resource: ["endpoints", "api"] },
  expiry: ["announced"],
  apiOrigins: [
    "https://api.githubcopilot.com",
    "https://api.individual.githubcopilot.com",
    "https://api.business.githubcopilot.com",
    "https://api.enterprise.githubcopilot.com"
  ],
  apiHeaders: { "editor-version": "vscode/1.104.1", "copilot-integration-id": "vscode-chat" },
  rules,
  relogin: "Log in to GitHub Copilot again in the program that made this login."
})
