/**
 * Anthropic, the Claude login: a JSON body, the account named in the answer, a grant that is not extended by refreshes,
 * and an access token that dies with the refresh token it came with.
 */
import { defineProvider } from "../Provider.ts"

export const anthropic = defineProvider({
  id: "anthropic",
  name: "Anthropic",
  tokenEndpoint: "https://platform.claude.com/v1/oauth/token",
  encoding: "json",
  clientId: "9d1c250a-e61b-44d9-88ed-5944d1962f5e",
  loginScope: "user:profile user:inference user:sessions:claude_code user:mcp_servers user:file_upload",
  headers: { "anthropic-beta": "oauth-2025-04-20" },
  answer: { account: ["account", "uuid"] },
  expiry: ["announced"],
  apiOrigins: ["https://api.anthropic.com"],
  apiHeaders: { "anthropic-beta": "oauth-2025-04-20" },
  keyHeader: "x-api-key",
  variables: { login: "ANTHROPIC_AUTH_TOKEN", key: "ANTHROPIC_API_KEY" },
  usage: {
    url: "https://api.anthropic.com/api/oauth/usage",
    windows: [
      { name: "5h", at: ["five_hour"], usedPercent: "utilization", resetsAt: "resets_at" },
      { name: "7d", at: ["seven_day"], usedPercent: "utilization", resetsAt: "resets_at" }
    ]
  },
  sharedWithHermes: true,
  files: [
    {
      owner: "Claude Code",
      paths: ["$CLAUDE_CONFIG_DIR/.credentials.json", "~/.claude/.credentials.json"],
      at: ["claudeAiOauth"],
      members: { access: "accessToken", refresh: "refreshToken", expiresAt: "expiresAt" },
      renew: "run claude"
    }
  ],
  rules: [
    {
      id: "anthropic/access-refused",
      version: 1,
      surface: "api",
      when: { status: [401, 403], words: ["oauth token has been revoked", "oauth token has expired"] },
      verdict: "AccessExpired",
      source: "answers of api.anthropic.com, under permission_error too: the access token died, the grant may live"
    },
    {
      id: "anthropic/organization",
      version: 1,
      surface: "api",
      when: { words: ["oauth authentication is currently not allowed for this organization"] },
      verdict: "NotEntitled",
      source: "answers of api.anthropic.com: neither a refresh nor another login of the organization helps"
    }
  ],
  relogin: "Log in to Anthropic again: `claude` and `/login` for Claude Code, `hermes auth add anthropic` for hermes."
})
