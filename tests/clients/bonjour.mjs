// SPDX-License-Identifier: MIT
/** Finds services with npm's bonjour-service: `node bonjour.mjs TYPE COUNT`. Prints them as JSON, then ends. */
import { Bonjour } from "bonjour-service";

const [type, count] = process.argv.slice(2), found = [];
const bonjour = new Bonjour();
const end = () => {
	console.log(JSON.stringify(found));
	bonjour.destroy(() => process.exit());
};
if (type === undefined)
	bonjour.destroy(() => process.exit());
else {
	setTimeout(end, 10_000).unref();
	bonjour.find({ type }, ({ name, host, port, txt, addresses, fqdn }) => {
		found.push({ name, host, port, txt, addresses, fqdn });
		if (found.length === Number(count))
			end();
	});
}
