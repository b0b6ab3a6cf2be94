// SPDX-License-Identifier: MIT
export const second = "second";
