/* SPDX-License-Identifier: MIT */
/* The SDK's, of which nothing is needed. */
