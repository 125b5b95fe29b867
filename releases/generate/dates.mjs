// When a release was published.

/**
 * The day as `YEAR-MONTH-DAY`. Up to June 2026 the number of a release is its day (2026.6.11), with the exception of later
 * corrections that count beyond the month (2026.6.33); otherwise it is the time that the registry gives.
 */
export function releaseDate(version, registryTime) {
  const [year, month, day] = version.split("-")[0].split(".").map(Number);
  const named = new Date(Date.UTC(year, month - 1, day));
  if ((year < 2026 || (year === 2026 && month <= 6)) && named.getUTCMonth() === month - 1 && named.getUTCDate() === day) {
    return named.toISOString().slice(0, 10);
  }
  if (!registryTime) throw new Error(`the registry gives no time for ${version}`);
  return new Date(registryTime).toISOString().slice(0, 10);
}
