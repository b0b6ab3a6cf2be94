// SPDX-License-Identifier: MIT
/** `npm run interop-table`: runs the groups interop, auth and transports, and writes docs/interop.md. */
import { writeFileSync } from "node:fs";
import { run as auth } from "./auth.mjs";
import { run as interop } from "./run.mjs";
import { FILE, format } from "./table.mjs";
import { run as transports } from "./transports.mjs";

const lines = [];
for (const run of [interop, auth, transports])
	lines.push(...(await run({})).lines);
writeFileSync(FILE, format(lines));
for (const line of lines.filter(line => line.startsWith("not ok")))
	console.log(line);
process.stdout.write(format(lines), () => process.exit(0));
