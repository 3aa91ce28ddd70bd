/** What the program takes of `node:fs`. In a browser there is one file: the `package.json` of the program. */
declare const VERSION: string;

export const existsSync = () => true;

export const readFileSync = () => JSON.stringify({ version: VERSION });
