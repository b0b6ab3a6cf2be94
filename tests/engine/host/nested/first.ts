// SPDX-License-Identifier: MIT
import { second } from "./second";
import { third } from "./deeper/third";
import { equal } from "../../../unit/harness";

export const names = ["first", second, ...third];
equal(names.length, 4);
