/** Some of many names. */
export function namesText(names: readonly string[], most = 8): string {
  return names.length > most + 1 ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ');
}
