// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { chooseInterfaces, hardwareAddressOf, isOnLink, parseInterfaces } from "sockets/networkinterface";

const TEXT = `1 lo 127.0.0.1 255.0.0.0 - l
2 eth0 192.168.1.7 255.255.255.0 0242ac110002 m
2 eth0 10.1.2.3 255.255.0.0 0242ac110002 m
3 tun0 10.9.0.2 255.255.255.255 - -
4 wlan0 200.0.0.9 255.255.255.0 0242ac110003 m
`;

export default function (suite: Suite): void {
	suite.test("interfaces-are-parsed-with-all-their-addresses", () => {
		const all = parseInterfaces(TEXT);
		equal(all.map(({ index, name, addresses }) => [index, name, addresses.map(({ address }) => address)]), [
			[1, "lo", ["127.0.0.1"]],
			[2, "eth0", ["192.168.1.7", "10.1.2.3"]],
			[3, "tun0", ["10.9.0.2"]],
			[4, "wlan0", ["200.0.0.9"]],
		]);
		equal(hardwareAddressOf(all), "0242ac110002");
		equal([parseInterfaces(""), hardwareAddressOf([])], [[], undefined]);
	});

	suite.test("interfaces-for-multicast-are-chosen-by-name-and-address", () => {
		const all = parseInterfaces(TEXT);
		const chosen = (...wanted: string[]): string[] =>
			chooseInterfaces(all, wanted).map(({ name, addresses }) => `${name} ${addresses.length}`);
		equal(chosen(), ["eth0 2", "wlan0 1"]);
		equal(chosen("lo", "tun0"), ["lo 1", "tun0 1"]);
		equal(chosen("10.1.2.3", "wlan0"), ["eth0 1", "wlan0 1"]);
		equal(chosen("eth1", "10.1.2.4"), []);
	});

	suite.test("host-is-on-link-by-any-mask-of-the-interface", () => {
		const [, eth0, , wlan0] = parseInterfaces(TEXT);
		equal(
			["192.168.1.200", "192.168.2.1", "10.1.255.255", "10.2.0.0", "", "x"].map(address =>
				isOnLink(eth0!, address)
			),
			[true, false, true, false, false, false],
		);
		// addresses with the highest bit set
		equal([isOnLink(wlan0!, "200.0.0.1"), isOnLink(wlan0!, "72.0.0.1")], [true, false]);
	});
}
