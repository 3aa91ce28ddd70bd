/** There are no constructs in a browser. */
export const Construct = { isConstruct: () => false };
