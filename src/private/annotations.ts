/** What all annotations of the library begin with. */
export const PREFIX = 'cdk8s-istio-egress';

/** The annotation of an object whose findings somebody accepted: lines of `<id>: <reason>`. */
export const ACKNOWLEDGE = `${PREFIX}/acknowledge`;

/** The annotations that say why a dependency exists. */
export const PURPOSE = {
  owner: `${PREFIX}/owner`,
  reason: `${PREFIX}/reason`,
  expires: `${PREFIX}/expires`,
  contact: `${PREFIX}/contact`,
} as const;

/** The annotation of a NetworkPolicy with the ports that it opens to every address. */
export const BY_NAME_ONLY = `${PREFIX}/by-name-only`;

/** All that there are. */
export const ANNOTATIONS: readonly string[] = [ACKNOWLEDGE, ...Object.values(PURPOSE), BY_NAME_ONLY];
