/** One service to be declared: what both programs are told, in the words of neither. */
export interface Item {
  readonly id: string;
  readonly host: string;
  readonly ip: string;
  readonly account: string;
}

/** The services of one chart. */
export interface ChartItems {
  readonly id: string;
  readonly namespace: string;
  readonly items: readonly Item[];
}

/** Databases with a host and an address of their own, spread evenly over the charts; each chart has a namespace of its own. */
export function inventory(services: number, charts: number): ChartItems[] {
  return Array.from({ length: charts }, (_, chart) => ({
    id: `team-${chart}`,
    namespace: `team-${chart}`,
    items: Array.from({ length: Math.ceil((services - chart) / charts) }, (__, i) => item(chart + i * charts)),
  }));
}

function item(n: number): Item {
  // 198.18.0.0/15 is set aside for benchmarks.
  const ip = `198.${18 + Math.floor(n / 65_536)}.${Math.floor(n / 256) % 256}.${n % 256}`;
  return { id: `db-${n}`, host: `db-${n}.example.com`, ip, account: `app-${n}` };
}
