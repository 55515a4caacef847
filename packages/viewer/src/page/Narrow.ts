/** Whether there is room for one column only. The style sheet asks the same. */
import { signal } from "@preact/signals"

const query = typeof matchMedia === "undefined" ? undefined : matchMedia("(max-width: 61.99rem)")

export const isNarrow = signal(query?.matches ?? false)
query?.addEventListener("change", ({ matches }) => (isNarrow.value = matches))
