// SPDX-License-Identifier: MIT
/** Maps the many reasons for which a Wi-Fi network refuses a station to the problems that the user can solve. */

import type { Problem } from "./link";

/** Reason codes of IEEE 802.11-2020 table 9-49; from 200 on, Espressif's. */
const MIC_FAILURE = 14, FOUR_WAY_HANDSHAKE_TIMEOUT = 15, ELEMENT_DIFFERS = 17, IEEE_802_1X_FAILED = 23;
const NO_NETWORK = 201, AUTHENTICATION_FAILED = 202, HANDSHAKE_TIMEOUT = 204;
/** The network was found, but its security or signal strength does not meet the requirements. */
const NO_COMPATIBLE_SECURITY = 210, NO_NETWORK_WITH_AUTHENTICATION = 211, NO_NETWORK_STRONG_ENOUGH = 212;

/** Maps a reason code to a problem. A WPA2 network does not report a wrong password; the handshake just ends. */
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

/** Describes a problem for the log. */
export function describeProblem(problem: Problem, ssid: string, reason: number): string {
	switch (problem) {
		case "password":
			return `"${ssid}" rejects the Wi-Fi password (reason ${reason})`;
		case "not found":
			return `"${ssid}" is not found (reason ${reason})`;
		case "no address":
			return `"${ssid}" assigns no address`;
		case "refused":
			return `"${ssid}" cannot be joined (reason ${reason})`;
	}
}
