import * as MemoryLedger from "@daybook/ledger/MemoryLedger"
import { Effect } from "effect"
import { contract } from "./contract.ts"

contract(
  "the ledger in memory",
  Effect.sync(() => MemoryLedger.layer())
)
