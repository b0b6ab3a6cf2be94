// SPDX-License-Identifier: MIT
const values: Record<string, unknown> = {};

export default {
	get: (domain: string, key: string): unknown => values[`${domain}/${key}`],
	set: (domain: string, key: string, value: unknown): void => void (values[`${domain}/${key}`] = value),
	delete: (domain: string, key: string): void => void delete values[`${domain}/${key}`],
};
