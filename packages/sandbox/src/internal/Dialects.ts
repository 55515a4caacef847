/** Every dialect by its name, and where each is spoken. Its wire names stand in its own file and nowhere else. */
import { type Dialect } from "../Grant.ts"
import { anthropic } from "./dialects/Anthropic.ts"
import { codex } from "./dialects/Codex.ts"
import { copilot } from "./dialects/Copilot.ts"
import { generic } from "./dialects/Generic.ts"
import { google } from "./dialects/Google.ts"
import { kimi } from "./dialects/Kimi.ts"
import { minimax } from "./dialects/MiniMax.ts"
import { nous } from "./dialects/Nous.ts"
import { qwen } from "./dialects/Qwen.ts"
import { topLevel } from "./dialects/TopLevel.ts"
import { xai } from "./dialects/Xai.ts"
import { type Protocol } from "./Protocol.ts"

/** Where several dialects share an endpoint, the first of them speaks to strangers. */
export const protocols: Readonly<Record<Dialect, Protocol>> = {
  codex,
  generic,
  topLevel,
  xai,
  nous,
  anthropic,
  qwen,
  minimax,
  kimi,
  google,
  copilot
}

/** The protocols of the token endpoint at this method and path; none if there is no such endpoint. */
export const spokenAt = (method: string, path: string): ReadonlyArray<Protocol> =>
  Object.values(protocols).filter(({ request }) => request.method === method && request.path === path)
