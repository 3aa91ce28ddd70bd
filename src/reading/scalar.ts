/** What YAML 1.1 takes for something else than a text, as the parser of kubectl has it: without times and numbers to the base 60. */
const WORDS = new Map<string, unknown>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(word => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(word => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map(word => [word, null] as const),
]);

const INTEGER = /^([-+]?)(?:0[bB]([01]+)|0[oO]?([0-7]+)|0[xX]([0-9a-fA-F]+)|(0|[1-9][0-9]*))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** The value of a scalar without quotation marks. */
export function plainValue(source: string): unknown {
  const word = WORDS.get(source);
  if (word !== undefined) {
    return word;
  }
  if (!/^[-+.0-9]/.test(source)) {
    return source;
  }
  const digits = source.replaceAll('_', '');
  const [, sign, binary, octal, hexadecimal, decimal] = INTEGER.exec(digits) ?? [];
  if (sign !== undefined) {
    const size = binary !== undefined ? parseInt(binary, 2) : octal !== undefined ? parseInt(octal, 8)
      : hexadecimal !== undefined ? parseInt(hexadecimal, 16) : Number(decimal);
    return sign === '-' ? -size : size;
  }
  return FLOAT.test(digits) ? Number(digits) : source;
}
