// SPDX-License-Identifier: MIT
/**
 * Asks with npm's multicast-dns: `node multicast-dns.mjs NAME TYPE`. Prints the first response that answers, as JSON.
 */
import multicastDNS from "multicast-dns";

const [name, type] = process.argv.slice(2), mdns = multicastDNS();
if (name === undefined)
	mdns.destroy();
else {
	mdns.on("response", response => {
		const { answers, additionals } = response;
		if (!answers.some(answer => answer.name === name && answer.type === type))
			return;
		const readable = ({ data, ...record }) => ({ ...record, data: Array.isArray(data) ? data.map(String) : data });
		console.log(JSON.stringify({ answers: answers.map(readable), additionals: additionals.map(readable) }));
		mdns.destroy(() => process.exit());
	});
	mdns.query({ questions: [{ name, type }] });
	setTimeout(() => process.exit(1), 5000);
}
