// SPDX-License-Identifier: MIT
/** The arithmetic of the benchmarks: plain functions of numbers. */

/** The value that a share of the values does not exceed (nearest rank).
 *  @param {number[]} values in any order, at least one
 *  @param {number} share 0 to 1: 0.5 for the median */
export function percentile(values, share) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** Slope of the line with the least squares through points: what a further client costs.
 *  @param {[number, number][]} points
 *  @returns {number | undefined} undefined for points with one x only */
export function slope(points) {
	const mean = axis => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
	const x = mean(0), y = mean(1);
	const spread = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
	return spread ? points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / spread : undefined;
}

/** How far instants are from the grid that fits them best.
 *  @param {number[]} times ascending; some instants of the grid may be without one
 *  @param {number} period of the grid, in the unit of the times
 *  @returns {number[]} distances, not negative */
export function gridDistances(times, period) {
	const remainders = times.map(time => time - times[0] - Math.round((time - times[0]) / period) * period);
	const middle = percentile(remainders, 0.5);
	return remainders.map(remainder => Math.abs(remainder - middle));
}
