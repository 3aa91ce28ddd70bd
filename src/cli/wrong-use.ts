/** Ends a command that was called in a wrong way, with what to write instead. */
export class WrongUse extends Error {}
