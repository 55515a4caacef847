/**
 * Compiles the schemas that judge each event, before the first is read: several times faster than interpreting them.
 * Where code must not be made at run time they are interpreted.
 */
import { schemas } from "@daybook/pool/RecordedText"
import * as SchemaJITCompiler from "effect/schema/SchemaJITCompiler"

for (const { ast } of schemas) SchemaJITCompiler.enable(ast)
