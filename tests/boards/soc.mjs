// SPDX-License-Identifier: MIT
/**
 * GPIOs of the chips and their fixed uses (ESP32 Series Datasheet and ESP32-S3 Series Datasheet, "Pin Definitions").
 */

const range = (first, last) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** taken: pins with another use; inputOnly: pins without an output driver. */
export const chips = {
	esp32: {
		pins: new Set([...range(0, 19), ...range(21, 23), ...range(25, 27), ...range(32, 39)]),
		inputOnly: new Set(range(34, 39)),
		taken: [["the flash", range(6, 11)], ["the PSRAM", [16, 17]], ["the serial console", [1, 3]]],
	},
	esp32s3: {
		pins: new Set([...range(0, 21), ...range(26, 48)]),
		inputOnly: new Set(),
		taken: [["the flash", range(26, 32)], ["USB", [19, 20]], ["the serial console", [43, 44]]],
		octal: ["the octal PSRAM", range(33, 37)],
	},
};
