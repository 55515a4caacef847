/** A moment in JSON, where a document says null for what nobody knows. */
import { format, type Instant } from "@daybook/pool/Instant"

/** Null for a moment that nobody knows. */
export const iso = (instant: Instant | undefined): string | null => (instant === undefined ? null : format(instant))
