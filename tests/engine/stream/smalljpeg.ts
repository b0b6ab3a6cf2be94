// SPDX-License-Identifier: MIT
/** A small JPEG: 16x8, 4:2:2, with its tables and a scan of `length` zero bytes. */
export function jpeg(length: number, { greyscale = false } = {}): Uint8Array {
	const bytes: number[] = [0xff, 0xd8];
	for (let id = 0; id < 2; id++) {
		bytes.push(0xff, 0xdb, 0, 67, id);
		for (let i = 0; i < 64; i++)
			bytes.push(i + 1 + id);
	}
	if (greyscale)
		bytes.push(0xff, 0xc0, 0, 11, 8, 0, 8, 0, 16, 1, 1, 0x11, 0);
	else
		bytes.push(0xff, 0xc0, 0, 17, 8, 0, 8, 0, 16, 3, 1, 0x21, 0, 2, 0x11, 1, 3, 0x11, 1);
	if (greyscale)
		bytes.push(0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0);
	else
		bytes.push(0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0);
	for (let i = 0; i < length; i++)
		bytes.push(i & 0x7f);
	bytes.push(0xff, 0xd9);
	return new Uint8Array(bytes);
}
