/* SPDX-License-Identifier: MIT */
/* Replaces the SDK's header. Nothing in it is needed. */
