// SPDX-License-Identifier: MIT
import { second } from "../second";

export const third = ["third", second];
