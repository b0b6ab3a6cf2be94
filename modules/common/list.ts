// SPDX-License-Identifier: MIT
/** Removal that works without memory. `splice` allocates an array, so it throws where memory is short. */

/** @param index of an item */
export function removeAt(list: unknown[], index: number): void {
	list.copyWithin(index, index + 1);
	list.pop();
}

/** @returns whether the list contained the item */
export function remove<T>(list: T[], item: T): boolean {
	const index = list.indexOf(item);
	if (index >= 0)
		removeAt(list, index);
	return index >= 0;
}

export function removeKey<K>(map: Map<K, unknown>, key: K): void {
	try {
		map.delete(key);
	}
	catch {
		// the engine deletes first, then finds no memory for a smaller table
	}
}
