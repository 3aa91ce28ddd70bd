/** Rows as text in columns; those of numbers have their ends below one another. */
export function aligned(rows: readonly (readonly string[])[], left: readonly number[] = [0]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
  return rows.map(row => row.map((cell, column) => left.includes(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column])).join('  ').trimEnd());
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
