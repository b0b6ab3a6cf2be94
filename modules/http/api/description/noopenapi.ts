// SPDX-License-Identifier: MIT
/** In place of openapi.ts on boards: the description takes flash and is for programmers, who have the desktop's. */
export const openapi: string = "";
