// Which published releases are worth having.

/** A version as numbers that order it; undefined for one that is not of the form YEAR.MONTH.PATCH[-N] (betas among them). */
export function versionKey(version) {
  const match = /^(\d{4})\.(\d{1,2})\.(\d+)(?:-(\d+))?$/.exec(version);
  return match && [Number(match[1]), Number(match[2]), Number(match[3]), Number(match[4] ?? 0)];
}

function compare(left, right) {
  const [a, b] = [versionKey(left), versionKey(right)];
  for (let index = 0; index < 4; index += 1) if (a[index] !== b[index]) return a[index] - b[index];
  return 0;
}

/** The first month that is covered. */
const FIRST = [2026, 2];

/**
 * Of the published versions those to have data for: what nix-openclaw pinned, the newest of each month, and everything that is newer
 * than the newest one written so far. Betas are left out. In order.
 */
export function chooseReleases({ published, pinned, written }) {
  const candidates = published.filter((version) => {
    const key = versionKey(version);
    return key && (key[0] > FIRST[0] || (key[0] === FIRST[0] && key[1] >= FIRST[1]));
  });
  const newest = new Map();
  for (const version of candidates) {
    const month = versionKey(version).slice(0, 2).join(".");
    if (!newest.has(month) || compare(version, newest.get(month)) > 0) newest.set(month, version);
  }
  const last = written.filter(versionKey).sort(compare).at(-1);
  const chosen = new Set([
    ...newest.values(),
    ...pinned.filter((version) => candidates.includes(version)),
    ...(last ? candidates.filter((version) => compare(version, last) > 0) : []),
  ]);
  return [...chosen].sort(compare);
}
