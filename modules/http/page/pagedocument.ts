// SPDX-License-Identifier: MIT
/** The camera's page, compressed with gzip.
 *  @returns a host buffer over constant memory: it takes no heap, stays valid, and cannot be written */
export default function pageDocument(this: void): ArrayBuffer {
	return native("xs_page_document").call(this);
}
