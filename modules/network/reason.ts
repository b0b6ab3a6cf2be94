// SPDX-License-Identifier: MIT
/** Why a Wi-Fi network refused the station: of the many numbers, what the user can do something about. */

import type { Problem } from "./link";

/** IEEE 802.11-2020 table 9-49; from 200 on Espressif's own. */
const MIC_FAILURE = 14, FOUR_WAY_HANDSHAKE_TIMEOUT = 15, ELEMENT_DIFFERS = 17, IEEE_802_1X_FAILED = 23;
const NO_NETWORK = 201, AUTHENTICATION_FAILED = 202, HANDSHAKE_TIMEOUT = 204;
/** Found, but its security, or its strength, is not what was asked for. */
const NO_COMPATIBLE_SECURITY = 210, NO_NETWORK_WITH_AUTHENTICATION = 211, NO_NETWORK_STRONG_ENOUGH = 212;

/** A network that takes the password from everybody (WPA2) says nothing of a wrong one: its handshake just ends. */
export function problemOf(reason: number): Problem {
	switch (reason) {
		case MIC_FAILURE:
		case FOUR_WAY_HANDSHAKE_TIMEOUT:
		case ELEMENT_DIFFERS:
		case IEEE_802_1X_FAILED:
		case AUTHENTICATION_FAILED:
		case HANDSHAKE_TIMEOUT:
			return "password";
		case NO_NETWORK:
		case NO_NETWORK_STRONG_ENOUGH:
			return "not found";
		case NO_COMPATIBLE_SECURITY:
		case NO_NETWORK_WITH_AUTHENTICATION:
			return "password";
		default:
			return "refused";
	}
}

/** For the log. */
export function describeProblem(problem: Problem, ssid: string, reason: number): string {
	switch (problem) {
		case "password":
			return `"${ssid}" does not take the Wi-Fi password (${reason})`;
		case "not found":
			return `"${ssid}" is not found (${reason})`;
		case "no address":
			return `"${ssid}" gives no address`;
		case "refused":
			return `"${ssid}" cannot be joined (${reason})`;
	}
}
