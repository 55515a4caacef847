/**
 * The shapes of what commands answer with `--json`, by the name of the command. `docs/schemas` is made of them:
 * `node packages/cli/scripts/schemas.ts` writes it anew.
 */
import type { Schema } from "effect"

export const documents: Readonly<Record<string, Schema.Encoder<unknown>>> = {}
