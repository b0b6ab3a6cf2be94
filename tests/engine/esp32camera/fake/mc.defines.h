/* SPDX-License-Identifier: MIT */
/* The desktop host's build gives the manifest's "defines" on the command line. */
