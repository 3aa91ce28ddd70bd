import { isCidr, isIp, isServerName } from '../private/check';
import { nearest } from '../private/nearest';

/** How a value has to look, which the API server or Istio's webhook checks. */
export interface ValueForm {
  /** What a wrong one is not. */
  readonly noun: string;
  readonly isRight: (value: unknown) => boolean;
  /** What to write instead. */
  readonly instead: string;
  /** The one value that a wrong one stands for, where there is one. */
  readonly meant?: (value: string) => string | undefined;
  /** @default - Istio's webhook */
  readonly checkedBy?: string;
}

/** Labels in any case, of which the last is no number and may be empty. */
const LABEL = '[a-zA-Z0-9](?:[-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?';
const NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*\\.?$`);
const ONE_LABEL = new RegExp(`^${LABEL}$`);

/** Whether Istio takes a text as the name of one host. */
export function isName(value: string): boolean {
  return value.length <= 255 && NAME.test(value) && !/(?:^|\.)\d+$/.test(value);
}

/** `*`, `*.example.com`, `*-a.example.com` and `*a.example.com`, besides names. */
function isPattern(value: string): boolean {
  return value === '*' || isName(value) || (value.startsWith('*') && isName(value.replace(/^\*[-.]?/, '')));
}

/** What is written as people write it elsewhere: a URL, or with a port. */
function nameIn(value: string): string | undefined {
  const [, name] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^@/]*@)?([^/:?#@]+)(?::\d+)?(?:[/?#].*)?$/i.exec(value) ?? [];
  const host = name?.toLowerCase();
  return host?.includes('.') && isServerName(host) ? host : undefined;
}

function ofText(isRight: (value: string) => boolean): ValueForm['isRight'] {
  return value => typeof value === 'string' && isRight(value);
}

const HOST_NAME = { noun: 'no host name', instead: 'write the name alone, such as api.example.com: without scheme, port and path, and no address', meant: nameIn };

export const HOST: ValueForm = { ...HOST_NAME, isRight: ofText(isPattern) };

/** An address counts as one. */
export const HOST_OR_ADDRESS: ValueForm = { ...HOST_NAME, isRight: ofText(value => isPattern(value) || isIp(value)) };

/** What a Sidecar imports. */
export const IMPORT: ValueForm = {
  noun: 'no namespace and host',
  instead: 'write them like ./*.example.com or */*',
  meant: value => (isPattern(value) ? `*/${value}` : undefined),
  isRight: ofText(value => {
    const [namespace, host, ...more] = value.split('/');
    return more.length === 0 && host !== undefined && (['*', '.', '~'].includes(namespace) || ONE_LABEL.test(namespace.replace(/^~/, ''))) && isPattern(host);
  }),
};

/** A host, and the namespace of the VirtualServices for it. */
export const SERVER_HOST: ValueForm = {
  ...HOST_NAME,
  meant: value => {
    const [, namespace = '', host] = /^([^/:]+\/)?(.*)$/s.exec(value)!;
    const name = nameIn(host);
    return name === undefined || namespace + name === value ? undefined : namespace + name;
  },
  isRight: ofText(value => {
    const [namespace, ...rest] = value.split('/');
    const host = rest.length === 0 ? value : rest.join('/');
    return (isPattern(host) || isIp(host)) && (rest.length === 0 || ['*', '.', '~'].includes(namespace) || ONE_LABEL.test(namespace));
  }),
};

export const ADDRESS: ValueForm = {
  noun: 'no IP address and no range of them',
  instead: 'write one like 192.0.2.14, or 192.0.2.0/24 for a range; a host stands in \'spec.hosts\'',
  isRight: ofText(value => isIp(value) || isCidr(value)),
};

export const SUBNET: ValueForm = { ...ADDRESS, instead: 'write one like 192.0.2.14, or 192.0.2.0/24 for a range' };

export const RANGE: ValueForm = { noun: 'no range of addresses', instead: 'write one like 192.0.2.0/24', isRight: ofText(isCidr), checkedBy: 'the API server' };

export const EXPORT_TO: ValueForm = {
  noun: 'no namespace',
  instead: 'write the name of each, "." for its own or "*" for all: there are no patterns',
  isRight: ofText(value => ['.', '*'].includes(value) || ONE_LABEL.test(value)),
};

/** A service alone may be one that no namespace sees. */
export const SERVICE_EXPORT_TO: ValueForm = { ...EXPORT_TO, isRight: value => value === '~' || EXPORT_TO.isRight(value) };

export const LABEL_NAME: ValueForm = {
  noun: 'no DNS label',
  instead: 'write at most 63 letters, digits and "-", such as db-v1',
  isRight: ofText(value => ONE_LABEL.test(value)),
};

function portFrom(least: number): ValueForm {
  return {
    noun: `no number from ${least} to 65535`,
    instead: 'write the number of a port',
    isRight: value => Number.isInteger(value) && (value as number) >= least && (value as number) <= 65535,
  };
}

export const PORT = portFrom(1);

/** Where 0 is the same as nothing. */
export const PORT_OR_NONE = portFrom(0);

const ATTRIBUTES = [
  'source.ip', 'remote.ip', 'source.namespace', 'source.serviceAccount', 'source.principal', 'source.trustDomain', 'request.auth.principal', 'request.auth.audiences',
  'request.auth.presenter', 'destination.ip', 'destination.port', 'connection.sni',
];

export const ATTRIBUTE: ValueForm = {
  noun: 'no attribute of Istio',
  instead: `write one of ${ATTRIBUTES.join(', ')}, request.headers[name], request.auth.claims[name]`,
  isRight: ofText(value => ATTRIBUTES.includes(value) || /^(?:request\.headers|request\.auth\.claims|experimental\.envoy\.filters\..*)\[.+\]$/.test(value)),
  meant: value => nearest(value, ATTRIBUTES),
};
