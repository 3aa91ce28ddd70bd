/** Of a version of Istio like 1.24, what tells it from those before and after it. */
export function minorOf(version: string): number {
  return Number(version.slice(version.indexOf('.') + 1));
}

/** Whether a version of Istio comes before another one. */
export function isBefore(version: string, other: string): boolean {
  return minorOf(version) < minorOf(other);
}

/** The minor version of a release: 1.24 of 1.24.3. */
export function minorVersionIn(release: string): string {
  return release.split('.').slice(0, 2).join('.');
}
