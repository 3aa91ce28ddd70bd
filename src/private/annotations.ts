/** What all annotations of the library begin with. */
const PREFIX = 'cdk8s-istio-egress';

/** The annotation of an object whose findings somebody accepted: lines of `<id>: <reason>`. */
export const ACKNOWLEDGE = `${PREFIX}/acknowledge`;

/** The annotations that say why a dependency exists. */
export const PURPOSE = {
  owner: `${PREFIX}/owner`,
  reason: `${PREFIX}/reason`,
  expires: `${PREFIX}/expires`,
  contact: `${PREFIX}/contact`,
} as const;
