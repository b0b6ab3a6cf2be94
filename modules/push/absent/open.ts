// SPDX-License-Identifier: MIT
/** `push/open` of a build without push. */

import type { PushOpener } from "push/types";

export const openPush: PushOpener | undefined = undefined;
