/**
 * Names the fold: another value when any source changes that decides what folding a ledger gives, or how a state is
 * kept. What one fold kept, another must not read. Made by `node packages/pool/scripts/fold-hash.ts`.
 */
export const foldHash = "8a51fc955235742d"
